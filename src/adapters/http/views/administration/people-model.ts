import type { Instant } from '../../../../domain/codec.ts';
import type { Ending } from '../../../../ports/api.ts';
import type { Happening } from '../happening.ts';

/** One account, as administrators see it. Who was erased has neither login nor name. */
export type AccountLine = {
  readonly account: string;
  readonly login: string | null;
  readonly fullName: string | null;
  readonly email: string | null;
  readonly status: 'registered' | 'active' | 'disabled' | 'erased';
  readonly role: string;
  readonly registeredAt: Instant;
  readonly tokens: number;
  /** Fingerprint of the key they handed in. */
  readonly key: string | null;
  readonly uploadsTo: readonly string[];
};

export type AccountModel = AccountLine & {
  /** `PACKAGE:DISTRIBUTION`. */
  readonly subscriptions: readonly string[];
  /** What would become of all about it if it were disabled. */
  readonly ends: Ending | undefined;
  /** The newest first. */
  readonly happenings: readonly Happening[];
};

/** A key that somebody handed in, and what it may be used for. */
export type UploaderLine = {
  readonly account: string;
  readonly login: string | null;
  readonly fullName: string | null;
  readonly status: AccountLine['status'];
  readonly fingerprint: string;
  readonly userIds: readonly string[];
  readonly expiresAt: Instant | null;
  /** Why it signs nothing, or soon will not. */
  readonly concern: string | null;
  readonly uploadsTo: readonly {
    readonly repository: string;
    readonly suites: readonly string[] | null;
    readonly sources: readonly string[] | null;
    /** Else it is kept, and counts when the repository is configured again. */
    readonly configured: boolean;
  }[];
};

export type UploadersModel = {
  readonly lines: readonly UploaderLine[];
  readonly repositories: readonly {
    readonly repository: string;
    readonly allowsUnauthenticated: boolean;
    readonly keyrings: readonly string[];
  }[];
};
