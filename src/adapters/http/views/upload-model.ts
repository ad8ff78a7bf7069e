import type { Instant } from '../../../domain/codec.ts';
import type { Refusal } from '../../../domain/refusal.ts';
import type { BuildAttempt } from './attempt-model.ts';
import type { Happening } from './happening.ts';
import type { BuildState } from './home-model.ts';

export type FlowCheck = { readonly tool: string; readonly state: 'running' | 'passed' | 'failed' | 'skipped' | 'open' };

export type FlowBuild = {
  readonly build: string;
  readonly architecture: string;
  readonly state: BuildState;
  readonly seconds: number | undefined;
  readonly checks: readonly FlowCheck[];
};

/** The way of one upload: through builds into a distribution, and on to others. */
export type UploadFlow = {
  readonly upload: string;
  readonly source: string | undefined;
  readonly version: string | undefined;
  readonly repository: string | undefined;
  readonly receivedAt: Instant;
  readonly verdict: 'received' | 'accepted' | 'rejected';
  readonly builds: readonly FlowBuild[];
  readonly result: 'open' | 'installed' | 'released';
  readonly stops: readonly { readonly distribution: string; readonly from: string | undefined; readonly at: Instant }[];
};

/** `isKept`: it is read below `/log/`. A file of the source package is had from `path` (from the root), where apt finds it. */
export type UploadedFile = {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly isKept: boolean;
  readonly path: string | undefined;
};

/** `isLast` of its build: its log is the one that is read there. */
export type UploadAttempt = BuildAttempt & {
  readonly build: string;
  readonly architecture: string;
  readonly isLast: boolean;
};

/** Whose key an upload came with. Of a key only who may know whose it is reads the fingerprint, and the login where it is somebody's. */
export type UploadSigner =
  | { readonly is: 'nobody'; readonly fact: string }
  | {
      readonly is: 'a key';
      readonly fingerprint: string | undefined;
      readonly at: Instant;
      readonly doer: Happening['doer'];
    };

/** Of a `.changes`, as one page shows it. Bytes. */
export const mostOfChanges = 6000;

export type UploadModel = UploadFlow & {
  /** The `.changes` first. */
  readonly files: readonly UploadedFile[];
  readonly moreFiles: number;
  readonly attempts: readonly UploadAttempt[];
  readonly moreAttempts: number;
  readonly signer: UploadSigner;
  /** Whether it may be built once more, or one of its builds tried at once. */
  readonly canRetry: boolean;
  /** Newest first. */
  readonly happenings: readonly Happening[];
  readonly moreHappenings: number;
  /** Why it was rejected. */
  readonly because: Refusal | undefined;
};
