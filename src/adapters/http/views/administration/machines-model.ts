import type { Instant } from '../../../../domain/codec.ts';

/** What builds, and other instances that are known. */
export type MachinesModel = {
  readonly builder: string;
  readonly running: number;
  /** Builds at once. */
  readonly room: number;
  /** What the machine gives to builds; `true`, or what is missing. */
  readonly confinement: readonly { readonly what: string; readonly state: true | string }[];
  readonly remotes: readonly { readonly remote: string; readonly url: string; readonly fingerprint: string }[];
};

/** Who is told of what, and what is owed. */
export type NotificationsModel = {
  /** Who mail is from; `undefined`: none is sent. */
  readonly mailFrom: string | undefined;
  readonly delay: Delay | undefined;
  readonly owed: readonly {
    readonly kind: string;
    readonly source: string | undefined;
    readonly version: string | undefined;
    readonly distribution: string;
    readonly at: Instant;
    /** How many are still to be told. */
    readonly open: number;
  }[];
  readonly moreOwed: number;
  readonly webhooks: readonly {
    readonly webhook: string;
    readonly host: string;
    readonly wanted: string;
    readonly delay: Delay | undefined;
  }[];
  readonly subscriptions: readonly { readonly login: string; readonly account: string; readonly wanted: string }[];
  /** Told of everything, of an instance or a repository. */
  readonly always: readonly { readonly of: string; readonly logins: readonly string[] }[];
};

type Delay = { readonly fact: string; readonly since: Instant };
