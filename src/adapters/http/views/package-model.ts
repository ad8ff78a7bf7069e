import type { Instant } from '../../../domain/codec.ts';
import type { Position } from '../../../ports/event-log.ts';
import type { CheckStatus } from './check-status.ts';
import type { Happening } from './happening.ts';
import type { ArchitectureResult, UploadProgress } from './home-model.ts';
import type { Listed } from './listing.ts';
import type { PortOffer } from './port-offer.ts';
import type { Former } from './repository-model.ts';
import type { UploadFlow } from './upload-model.ts';

/**
 * A version in a place, and when it came there, as far as that is still near. `dsc`: the path of what dget takes, from the root, beside all
 * its packages; without it the files are not kept any more.
 */
export type Standing = {
  readonly version: string;
  readonly since: Instant | undefined;
  readonly dsc: string | undefined;
};

export type PackagePlace = {
  readonly distribution: string;
  readonly codename: string;
  readonly suite: string;
  /** The suite it may go to from here. */
  readonly migratesTo: string | undefined;
  /** Why what is present would not go there now; `undefined` when it would. */
  readonly stays: string | undefined;
  /** When what is present migrates by itself, or why it does not. */
  readonly byItself: string | undefined;
  /** Whether packages are built into it. */
  readonly isUploadable: boolean;
  readonly present: Standing | undefined;
  /** Of what is present: those that it has packages for. */
  readonly architectures: readonly string[];
  /** Rollback 0 first. */
  readonly earlier: readonly Standing[];
};

/** Which version stood where from when to when; without an end while it stands there. */
export type Stay = {
  readonly distribution: string;
  readonly version: string;
  readonly from: Instant;
  readonly until: Instant | undefined;
};

export type PackageMatrix = {
  readonly repository: string;
  readonly isConfigured: boolean;
  readonly places: readonly PackagePlace[];
  /** Where it stood, and what is there no more. */
  readonly former: readonly Former[];
  /** In the order in which they began. */
  readonly stays: readonly Stay[];
};

/** One upload and what became of it; `installed` means that apt sees it. */
export type PackageUpload = {
  readonly upload: string;
  readonly at: Instant;
  readonly version: string;
  readonly distribution: string;
  /** `undefined` when it reached none. */
  readonly repository: string | undefined;
  /** The name of its `.changes`. */
  readonly changes: string | undefined;
  readonly state: UploadProgress;
  readonly note: string | undefined;
  /** Whether the same files may be built once more. */
  readonly canRetry: boolean;
  /** With checks as far as they are remembered: of the last uploads that failed, and of what distributions hold and held before. */
  readonly builds: readonly ArchitectureResult[];
};

/** What a check says otherwise than of the version before. */
export type Compared = {
  /** The version before, where that was checked, too. */
  readonly before: string | undefined;
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
  /** How many of both are not named. */
  readonly more: number;
};

/** What one check said of a version that stands somewhere, or of the last upload. */
export type PackageCheck = Compared & {
  readonly repository: string;
  readonly version: string;
  /** Whether it does; the last upload may be refused or on its way. */
  readonly stands: boolean;
  readonly architecture: string;
  readonly tool: string;
  readonly status: CheckStatus;
  readonly counts: { readonly error: number; readonly warning: number } | null;
  readonly because: string | null;
  /** Paths from the root. */
  readonly log: string | undefined;
  readonly report: string | undefined;
};

export type PackageModel = {
  readonly source: string;
  readonly repositories: readonly PackageMatrix[];
  /** Of the upload that came last, if that is near. */
  readonly way: UploadFlow | undefined;
  /** Newest first; only with the first page of the timeline, as checks are. */
  readonly uploads: readonly PackageUpload[];
  readonly checks: readonly PackageCheck[];
  readonly newer: readonly PortOffer[];
  /** Newest first. */
  readonly happenings: readonly Happening[];
  /** Whether the timeline begins with the last event of all. */
  readonly isFirst: boolean;
  /** Where this page of it begins, and how many events it is made of. */
  readonly before: Position | undefined;
  readonly limit: number;
  /** Where it goes on to older ones. */
  readonly next: Position | undefined;
};

/** Source packages that were looked for: a page of them. */
export type FoundPackages = Listed<FoundPackage> & {
  /** Whether one is called exactly so. */
  readonly isKnown: boolean;
};

export type FoundPackage = {
  readonly source: string;
  /** Those that stand somewhere, the newest first. */
  readonly versions: readonly {
    readonly version: string;
    readonly where: readonly { readonly repository: string; readonly distribution: string }[];
  }[];
  /** When anything of it changed last, wherever; never where it is only on its way. */
  readonly changedAt: Instant | undefined;
};
