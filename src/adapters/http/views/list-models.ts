import type { Instant } from '../../../domain/codec.ts';
import type { BuildId } from '../../../domain/ids.ts';
import type { BuildState } from './home-model.ts';
import type { Listed } from './listing.ts';

/** One build of a list. `note`: what its failure was, or why it waits. */
export type ListedBuild = {
  readonly build: BuildId;
  readonly source: string;
  readonly version: string;
  readonly distribution: string;
  readonly architecture: string;
  readonly state: BuildState;
  readonly builder: string | null;
  readonly changedAt: Instant;
  readonly note: string | null;
};

export type BuildsList = Listed<ListedBuild>;
