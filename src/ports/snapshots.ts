import type { Either } from 'fp-ts/lib/Either.js';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { RepositoryId, StoredFile } from '../domain/debian/names.ts';
import type { Refusal } from '../domain/refusal.ts';

/**
 * Why a past state is not served. `gone`: it was there, and something of it was let go or withdrawn. `busy`: ask again after
 * `retryAfter` seconds.
 */
export type NotServed =
  | { readonly kind: 'unknown' | 'gone'; readonly because: Refusal }
  | { readonly kind: 'busy'; readonly because: Refusal; readonly retryAfter: number };

/** A time or event id as a URL names it, not yet looked at. */
export type WrittenTime = string;

/** All past states of one repository: the names that were given to some, then every time at which it was published, the last first. */
export type PastTimes = {
  readonly names: number;
  readonly times: number;
  /** Of the whole row. There may be many: only what is asked for is written. */
  readonly slice: (from: number, to: number) => readonly WrittenTime[];
};

/** Past states of repositories as apt sources. `from` is the address of who asks. */
export interface Snapshots {
  /** Those of which anything was ever published. */
  readonly repositories: () => readonly RepositoryId[];
  /** `undefined` when nothing was ever published of it. */
  readonly times: (repository: RepositoryId) => PastTimes | undefined;
  /** The distributions that apt saw then. */
  readonly distributions: (
    repository: RepositoryId,
    time: WrittenTime,
    from: string,
  ) => Promise<Either<NotServed, readonly DistributionName[]>>;
  /** The folder `dists/NAME` as apt saw it, made on first use. */
  readonly tree: (
    repository: RepositoryId,
    time: WrittenTime,
    distribution: DistributionName,
    from: string,
  ) => Promise<Either<NotServed, string>>;
  /** A file of the pool by its path, which begins with `pool/`: one name has had the same bytes at all times. */
  readonly poolFile: (repository: RepositoryId, path: string) => Either<NotServed, StoredFile>;
}
