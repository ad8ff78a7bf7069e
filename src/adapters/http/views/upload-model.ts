import type { Instant } from '../../../domain/codec.ts';
import type { Refusal } from '../../../domain/refusal.ts';
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

export type UploadModel = UploadFlow & {
  /** Newest first. */
  readonly happenings: readonly Happening[];
  readonly moreHappenings: number;
  /** Why it was rejected. */
  readonly because: Refusal | undefined;
};
