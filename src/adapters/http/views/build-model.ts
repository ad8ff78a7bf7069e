import type { Instant } from '../../../domain/codec.ts';
import type { BuildId, UploadId } from '../../../domain/ids.ts';
import type { Happening } from './happening.ts';
import type { BuildState } from './home-model.ts';

/** One attempt: who made it and why they, and what came of it. */
export type BuildAttempt = {
  readonly attempt: number;
  readonly builder: string;
  readonly because: string | undefined;
  readonly startedAt: Instant;
  readonly ended:
    | {
        readonly at: Instant;
        readonly word: 'built' | 'failed' | 'skipped' | 'dep-wait' | 'given back';
        readonly fact: string | undefined;
        /** Seconds; 0 where it is not known. */
        readonly times: { readonly install: number; readonly build: number; readonly total: number } | undefined;
      }
    | undefined;
};

export type BuildCheck = {
  readonly tool: string;
  readonly state: 'passed' | 'failed' | 'skipped' | 'running' | 'waiting' | 'cancelled';
  readonly says: string | undefined;
  readonly findings: readonly string[];
  /** Kinds of findings that are not among them. */
  readonly moreFindings: number;
};

/** `isKept`: it is read below `/log/`; a package is fetched by apt. */
export type BuildArtifact = {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly isKept: boolean;
};

export type BuildModel = {
  readonly build: BuildId;
  readonly upload: UploadId;
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
  readonly attempts: readonly BuildAttempt[];
  readonly checks: readonly BuildCheck[];
  readonly artifacts: readonly BuildArtifact[];
  readonly moreArtifacts: number;
  /** Newest first. */
  readonly happenings: readonly Happening[];
};
