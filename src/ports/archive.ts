import type { Instant } from '../domain/codec.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type {
  Architecture,
  Component,
  Fingerprint,
  RepositoryId,
  Sha256,
  SourceName,
  StoredFile,
  Version,
} from '../domain/debian/names.ts';
import type { EventId } from '../domain/ids.ts';

/** One binary package as a distribution holds it. */
export type HeldBinary = {
  readonly package: string;
  readonly version: Version;
  readonly architecture: Architecture;
  readonly component: Component;
  readonly file: StoredFile;
};

/** One version of one source with all its binaries, as one distribution holds it. */
export type HeldVersion = {
  readonly source: SourceName;
  readonly version: Version;
  readonly component: Component;
  readonly dsc: StoredFile;
  /** Files of the source package except the `.dsc`. */
  readonly sources: readonly StoredFile[];
  readonly binaries: readonly HeldBinary[];
};

/** What is written into a `Release`, and what a distribution holds. */
export type PublishedDistribution = {
  readonly name: DistributionName;
  readonly origin: string;
  readonly label: string;
  readonly description: string;
  readonly components: readonly Component[];
  /** Without `source` and `all`. */
  readonly architectures: readonly Architecture[];
  readonly notAutomatic: boolean;
  readonly butAutomaticUpgrades: boolean;
  /** Rollback distributions are not reprepro's: their indices come from our generator. */
  readonly isRollback: boolean;
  readonly holds: readonly HeldVersion[];
};

export type Publication = {
  readonly repository: RepositoryId;
  readonly distributions: readonly PublishedDistribution[];
  /** Not earlier than any `Date` published before, but for those of a clock that was ahead: the caller's promise. */
  readonly date: Instant;
  readonly validUntil: Instant | null;
  /** Whose signatures every `Release` carries: whoever trusts one of them trusts it. */
  readonly signers: readonly Fingerprint[];
};

export type Published = {
  readonly generation: number;
  readonly signedBy: readonly Fingerprint[];
  readonly releases: readonly { readonly distribution: DistributionName; readonly release: Sha256 }[];
};

/** One distribution as it was at one publication. */
export type SnapshotName = {
  readonly repository: RepositoryId;
  readonly publication: EventId;
  readonly distribution: DistributionName;
  /** Another word where the same state shall be told otherwise: signed by other keys, or since files were let go. */
  readonly edition: string;
};

/**
 * Past states as apt sources, below a cache that is bounded and may be deleted at any time. Of the packages they hold only
 * indices: pool files come from the file store.
 */
export interface SnapshotCache {
  /** The folder `dists/NAME` of a snapshot that was made before. */
  readonly find: (name: SnapshotName) => Promise<string | undefined>;
  /** Makes its indices and signs its `Release`, without an end of validity. One call at a time for a name. */
  readonly make: (
    name: SnapshotName,
    distribution: PublishedDistribution,
    date: Instant,
    signers: readonly Fingerprint[],
  ) => Promise<string>;
  /** Removes all of a repository. */
  readonly forget: (repository: RepositoryId) => Promise<void>;
}

/**
 * Makes what apt sees equal to a publication: pool files first, then indices aside, then one rename. Repeating it is harmless, and a repeat of what is
 * already published only renews dates. Rejects with a sentence for people, leaving what apt saw before.
 * One call at a time per repository.
 */
export interface Archive {
  readonly publish: (publication: Publication, progress: (line: string) => void) => Promise<Published>;
  /** Nothing of the repository is left for apt, and nothing on disk. What is gone already is no fault; a publication afterwards begins anew. */
  readonly remove: (repository: RepositoryId) => Promise<void>;
  /** What `Packages` of a distribution would say, whether it is published or not: every component's together, by architecture, as latin1. */
  readonly packages: (
    repository: RepositoryId,
    distribution: PublishedDistribution,
  ) => Promise<ReadonlyMap<Architecture, Buffer>>;
  /** The tree apt reads: holds `dists/` and `pool/`. Resolve it anew for every request. */
  readonly root: (repository: RepositoryId) => string;
  /**
   * Takes every file out of the pool that none of the versions names which `keep` gives; it is asked when no publication is under way, so
   * that what it gives is what the next one finds. A later publication puts back what it needs.
   */
  readonly tidyPool: (repository: RepositoryId, keep: () => Iterable<HeldVersion>) => Promise<void>;
  readonly snapshots: SnapshotCache;
}
