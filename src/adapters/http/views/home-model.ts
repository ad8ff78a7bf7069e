import type { Instant } from '../../../domain/codec.ts';
import type { BuildId, UploadId } from '../../../domain/ids.ts';
import type { CheckStatus } from './check-status.ts';
import type { PortOffer } from './port-offer.ts';
import type { SealingModel } from './seals-model.ts';
import type { Standing } from './standing.ts';

/** What one architecture of a package came to, in words of the build queue: `built`, `failed`, `building` … */
export type ArchitectureResult = {
  readonly architecture: string;
  readonly build: BuildId;
  readonly state: BuildState;
  /** Class of a failure, or why it waits. */
  readonly note: string | undefined;
  readonly checks: readonly CheckResult[];
};

/** What a check of what was built came to. `log`: its path from the root, once it is kept. */
export type CheckResult = {
  readonly tool: string;
  readonly state: CheckStatus;
  readonly note: string | undefined;
  readonly log: string | undefined;
};

/** Where an upload stands: before it is installed as the furthest of its builds does, in words of the build queue. `built`: all of them ended. */
export type UploadProgress =
  | 'received'
  | 'needs-build'
  | 'dep-wait'
  | 'building'
  | 'built'
  | 'publishing'
  | 'installed'
  | 'failed'
  | 'rejected';

export type BuildState = 'needs-build' | 'building' | 'dep-wait' | 'built' | 'failed' | 'skipped' | 'cancelled';

/** A build that waits, and why it does. */
export type WaitingBuild = BuildLine & {
  readonly state: 'needs-build' | 'dep-wait';
  readonly since: Instant;
  readonly because: string;
};

export type RunningBuild = BuildLine & {
  readonly builder: string;
  readonly attempt: number;
  readonly startedAt: Instant;
  /** What the build says that it is doing. */
  readonly stage: string | undefined;
  /** Seconds. `usual` is how long it took before. */
  readonly elapsed: number;
  readonly usual: number | undefined;
  /** The last lines of its log. */
  readonly tail: readonly string[];
};

/** What is under way besides builds: a publication, or a past state that is made ready. Seconds. */
export type WorkModel = {
  readonly kind: string;
  readonly about: string;
  /** What is being done; `undefined` before anything was said. */
  readonly says: string | undefined;
  readonly elapsed: number;
  /** How long it took lately. */
  readonly usual: number | undefined;
};

type BuildLine = {
  readonly build: BuildId;
  readonly source: string;
  readonly version: string;
  readonly distribution: string;
  readonly architecture: string;
};

/** One accepted or rejected upload, the latest first on the page. */
export type RecentPackage = {
  readonly upload: UploadId;
  /** Name of its `.changes`. */
  readonly changes: string;
  /** `undefined` when that could not be read. */
  readonly source: string | undefined;
  readonly version: string;
  readonly distribution: string;
  /** Where its logs stand; `undefined` when it reached no repository. */
  readonly repository: string | undefined;
  readonly at: Instant;
  readonly state: UploadProgress;
  /** Rule and fact of a rejection or failure. */
  readonly note: string | undefined;
  readonly results: readonly ArchitectureResult[];
};

/** A binNMU that goes on: how many of its builds are there, and how many will not be. */
export type BinNmuLine = {
  readonly binNmu: string;
  readonly distribution: string;
  readonly reason: string;
  readonly there: number;
  readonly missing: number;
  readonly builds: number;
};

export type RepositoryLine = {
  readonly id: string;
  readonly layout: string;
  /** Where people find more about it. */
  readonly externalHomeUrl: string | null;
  readonly distributions: readonly {
    readonly name: string;
    readonly codename: string;
    readonly suite: string;
    readonly packages: number;
  }[];
  /** `undefined` before the first publication. */
  readonly publishedAt: Instant | undefined;
  readonly standing: Standing;
};

/** Another instance. */
export type RemoteLine = { readonly name: string; readonly standing: Standing };

export type BuilderLine = {
  readonly name: string;
  readonly running: number;
  /** Builds at once. */
  readonly room: number;
  readonly note: string | undefined;
};

export type ChrootLine = {
  readonly codename: string;
  readonly architecture: string;
  readonly state: 'ready' | 'preparing' | 'failed';
  readonly note: string | undefined;
};

/** Something a person should look at: what is wrong, and what to do. */
export type Notice = {
  readonly fact: string;
  readonly remedy: string;
  /** The page where it is done, as a path of ours. */
  readonly doneAt?: string | undefined;
};

/** `at`: the page of administration that it is about. */
export type AttentionLine = Notice & { readonly at: readonly string[] | undefined };

/** What the home page says, all of it from projections. */
export type HomeModel = {
  readonly engine: {
    readonly state: 'running' | 'stopped' | 'starting' | 'waiting' | 'fenced';
    readonly note: string | undefined;
  };
  readonly sealing: SealingModel;
  readonly notices: readonly Notice[];
  /** Only for who looks after this instance. `at`: the object among those that are declared. */
  readonly attention: readonly AttentionLine[];
  /** Ports that were overtaken, the first of so many; for them, too. */
  readonly offered: { readonly offers: readonly PortOffer[]; readonly inAll: number };
  /** The first of the queue, of so many. */
  readonly waiting: readonly WaitingBuild[];
  readonly waitingInAll: number;
  readonly works: readonly WorkModel[];
  readonly binNmus: readonly BinNmuLine[];
  readonly running: readonly RunningBuild[];
  readonly recent: readonly RecentPackage[];
  readonly repositories: readonly RepositoryLine[];
  readonly builders: readonly BuilderLine[];
  readonly remotes: readonly RemoteLine[];
  readonly chroots: readonly ChrootLine[];
};
