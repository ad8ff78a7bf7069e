import type { Instant } from '../../../domain/codec.ts';
import type { BuildId, UploadId } from '../../../domain/ids.ts';
import type { BuildState } from './home-model.ts';
import type { Listed } from './listing.ts';
import type { Look } from './parts.ts';

/** One build of a list. `seconds`: how long it took, or takes already. `note`: what its failure was, or why it waits. */
export type ListedBuild = {
  readonly build: BuildId;
  readonly source: string;
  readonly version: string;
  readonly distribution: string;
  readonly architecture: string;
  readonly state: BuildState;
  readonly builder: string | null;
  readonly changedAt: Instant;
  readonly seconds: number | null;
  readonly hasLog: boolean;
  readonly note: string | null;
};

export type BuildsList = Listed<ListedBuild>;

/** One upload of a list. `changes` is the name of its `.changes`; `note` why it was rejected or failed. */
export type ListedUpload = {
  readonly upload: UploadId;
  readonly changes: string | null;
  readonly source: string | null;
  readonly version: string | null;
  readonly distribution: string | null;
  readonly state: UploadState;
  readonly receivedAt: Instant | null;
  readonly note: string | null;
};

export type UploadState = 'received' | 'accepted' | 'rejected' | 'failed' | 'installed' | 'published';

export type UploadsList = Listed<ListedUpload>;

/** One machine of a list, or a chroot. `room`: builds at once, where that is known. */
export type ListedMachine = {
  readonly kind: 'builder' | 'node' | 'remote' | 'chroot';
  readonly name: string;
  readonly state: string;
  readonly look: Look;
  readonly reason: string;
  readonly since: Instant | null;
  readonly running: number;
  readonly room: number | null;
  /** `CODENAME/ARCHITECTURE`. */
  readonly buildsFor: readonly string[];
  readonly building: readonly {
    readonly build: BuildId;
    readonly source: string;
    readonly version: string;
    readonly architecture: string;
  }[];
  /** Where the log tells of it; `null` for who may not see that. */
  readonly stream: string | null;
};

export type MachinesList = Listed<ListedMachine>;

/** One repository of a list. `because`: why it is not active. */
export type ListedRepository = {
  readonly repository: string;
  readonly state: RepositoryState;
  readonly because: readonly string[];
  readonly layout: string;
  /** Source packages in all its distributions. */
  readonly packages: number;
  readonly distributions: readonly {
    readonly distribution: string;
    readonly codename: string;
    readonly packages: number;
  }[];
  readonly publishedAt: Instant | null;
};

export type RepositoryState = 'active' | 'troubled' | 'inactive';

export type RepositoriesList = Listed<ListedRepository>;
