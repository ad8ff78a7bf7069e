import type { Instant } from '../../../domain/codec.ts';
import type { BuildId, UploadId } from '../../../domain/ids.ts';
import type { BuildAttempt } from './attempt-model.ts';
import type { Happening } from './happening.ts';
import type { BuildState } from './home-model.ts';
import type { Compared } from './package-model.ts';

export type BuildCheck = Compared & {
  readonly tool: string;
  readonly state: 'passed' | 'failed' | 'skipped' | 'running' | 'waiting' | 'cancelled';
  readonly requestedAt: Instant;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  readonly says: string | undefined;
  readonly findings: readonly string[];
  /** Kinds of findings that are not among them. */
  readonly moreFindings: number;
  /** Paths from the root. */
  readonly log: string | undefined;
  readonly report: string | undefined;
};

/** `isKept`: it is read below `/log/`. A package is had from `path` (from the root), where that is known. */
export type BuildArtifact = {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly isKept: boolean;
  readonly path: string | undefined;
};

/** One thing that took time on the way of a build. */
export type BuildStageLine = {
  readonly stage:
    | 'waiting'
    | 'assigned'
    | 'attempt'
    | 'dep-wait'
    | 'prepare'
    | 'chroot'
    | 'fetch-src'
    | 'install-deps'
    | 'build'
    | 'post-build'
    | 'lintian'
    | 'piuparts'
    | 'autopkgtest'
    | 'cleanup'
    | 'keep'
    | 'unrecorded'
    | 'install'
    | 'publish';
  readonly attempt: number | undefined;
  /** `undefined` where it is not known when it began. */
  readonly from: Instant | undefined;
  /** Until now, of what goes on; `undefined` where it is not known. */
  readonly seconds: number | undefined;
  readonly state: 'over' | 'failed' | 'goes on' | 'to come' | 'passed over';
  readonly note: string | undefined;
};

export type BuildModel = {
  readonly build: BuildId;
  readonly upload: UploadId;
  /** Of a binNMU, which has no upload: the version it gives, the plan that it is part of, and why. */
  readonly rebuild?: { readonly as: string; readonly binNmu: string; readonly reason: string } | undefined;
  readonly source: string;
  readonly version: string;
  readonly distribution: string;
  readonly repository: string;
  readonly architecture: string;
  /** Whether the arch-indep packages are built here too. */
  readonly archAll: boolean;
  readonly state: BuildState;
  readonly since: Instant | undefined;
  /** What it waits for now. */
  readonly waits: string | undefined;
  readonly priority: number;
  /** Whether its upload may be built once more, or it may be tried at once. */
  readonly canRetry: boolean;
  /** In the order of time; what is to come stands last. */
  readonly stages: readonly BuildStageLine[];
  readonly attempts: readonly BuildAttempt[];
  readonly checks: readonly BuildCheck[];
  /** Whether a distribution got what it made. */
  readonly isInstalled: boolean;
  readonly artifacts: readonly BuildArtifact[];
  readonly moreArtifacts: number;
  /** Newest first. */
  readonly happenings: readonly Happening[];
};
