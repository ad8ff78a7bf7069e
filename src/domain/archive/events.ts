import * as t from 'io-ts';
import { Count, Instant } from '../codec.ts';
import { DistributionName } from '../debian/distribution.ts';
import {
  Architecture,
  Component,
  Fingerprint,
  RepositoryId,
  Sha256,
  SourceName,
  StoredFile,
  Version,
} from '../debian/names.ts';
import { ChangeId, EventId, UploadId } from '../ids.ts';
import type { LossEvent } from '../retention/events.ts';

/** An upload about to be accepted claims its version and its orig tarballs; of two at once exactly one wins. */
export const VersionReserved = t.strict(
  {
    type: t.literal('VersionReserved'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    upload: UploadId,
    /** Every file of the source package except the `.dsc`. */
    sources: t.readonlyArray(StoredFile),
  },
  'VersionReserved',
);
export type VersionReserved = t.TypeOf<typeof VersionReserved>;

/** The claim ended before anything was installed: the version may be uploaded again. */
export const VersionReleased = t.strict(
  {
    type: t.literal('VersionReleased'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    upload: UploadId,
    reason: t.string,
  },
  'VersionReleased',
);
export type VersionReleased = t.TypeOf<typeof VersionReleased>;

/** One binary package of an installed version. `architecture` is its own: `amd64` or `all`. */
export const InstalledBinary = t.strict(
  { package: t.string, version: Version, architecture: Architecture, component: Component, file: StoredFile },
  'InstalledBinary',
);
export type InstalledBinary = t.TypeOf<typeof InstalledBinary>;

/** A portion of what is being installed, said before `PackageInstalled` or `ArchitectureAdded` in the same append when there is too much for one event. */
export const BinariesInstalled = t.strict(
  {
    type: t.literal('BinariesInstalled'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    upload: UploadId,
    binaries: t.readonlyArray(InstalledBinary),
  },
  'BinariesInstalled',
);
export type BinariesInstalled = t.TypeOf<typeof BinariesInstalled>;

/** History now says that the distribution holds this version: its source and all its binaries. */
export const PackageInstalled = t.strict(
  {
    type: t.literal('PackageInstalled'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    upload: UploadId,
    component: Component,
    dsc: StoredFile,
    sources: t.readonlyArray(StoredFile),
    /** The last portion, which mostly is all. */
    binaries: t.readonlyArray(InstalledBinary),
  },
  'PackageInstalled',
);
export type PackageInstalled = t.TypeOf<typeof PackageInstalled>;

/** The change that a step is part of, with its repository's other packages; `null` for a step of its own. */
const partOf = t.union([ChangeId, t.null]);

/** An optional architecture came late: its binaries join their version wherever that stands, rollbacks included. */
export const ArchitectureAdded = t.strict(
  {
    type: t.literal('ArchitectureAdded'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    upload: UploadId,
    architecture: Architecture,
    /** The last portion, which mostly is all; others stand in `BinariesInstalled` before. */
    binaries: t.readonlyArray(InstalledBinary),
  },
  'ArchitectureAdded',
);
export type ArchitectureAdded = t.TypeOf<typeof ArchitectureAdded>;

/** An optional architecture came late and may not join its version. */
export const ArchitectureRefused = t.strict(
  {
    type: t.literal('ArchitectureRefused'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    upload: UploadId,
    architecture: Architecture,
    rule: t.string,
    fact: t.string,
    remedy: t.string,
  },
  'ArchitectureRefused',
);
export type ArchitectureRefused = t.TypeOf<typeof ArchitectureRefused>;

/**
 * A distribution holds a version with packages that were built again: on this architecture they stand in the place of those it had. Its source, its
 * arch-indep packages and the other architectures stay, and so does the version in other distributions.
 */
export const BinNmuInstalled = t.strict(
  {
    type: t.literal('BinNmuInstalled'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    /** That of the rebuild, which has no upload. */
    upload: UploadId,
    architecture: Architecture,
    number: Count,
    /** The last portion, which mostly is all; others stand in `BinariesInstalled` before. */
    binaries: t.readonlyArray(InstalledBinary),
  },
  'BinNmuInstalled',
);
export type BinNmuInstalled = t.TypeOf<typeof BinNmuInstalled>;

/** It was built again, and may not be installed. */
export const BinNmuRefused = t.strict(
  {
    type: t.literal('BinNmuRefused'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    upload: UploadId,
    architecture: Architecture,
    number: Count,
    rule: t.string,
    fact: t.string,
    remedy: t.string,
  },
  'BinNmuRefused',
);
export type BinNmuRefused = t.TypeOf<typeof BinNmuRefused>;

/** A version came into a suite from the one it migrates from, with all its binaries; it stays there too. */
export const PackageMigrated = t.strict(
  {
    type: t.literal('PackageMigrated'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    from: DistributionName,
    to: DistributionName,
    change: partOf,
  },
  'PackageMigrated',
);
export type PackageMigrated = t.TypeOf<typeof PackageMigrated>;

/**
 * Said before `PackageMigrated` in the same append: nobody asked for that, the version lay in the suite for `lay` days, and its layout asks for
 * `asked`. They count from `publication` on, with which apt saw it there.
 */
export const PackageAged = t.strict(
  {
    type: t.literal('PackageAged'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    lay: Count,
    asked: Count,
    publication: EventId,
    publishedAt: Instant,
  },
  'PackageAged',
);
export type PackageAged = t.TypeOf<typeof PackageAged>;

/** A version left a suite, and became its newest rollback; or it left a rollback distribution, and older ones moved up. */
export const PackageRemoved = t.strict(
  {
    type: t.literal('PackageRemoved'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    change: partOf,
  },
  'PackageRemoved',
);
export type PackageRemoved = t.TypeOf<typeof PackageRemoved>;

/** A version that was there before is there again. `from` is the rollback distribution that was named, if one was. */
export const PackageRestored = t.strict(
  {
    type: t.literal('PackageRestored'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    from: t.union([DistributionName, t.null]),
    change: partOf,
  },
  'PackageRestored',
);
export type PackageRestored = t.TypeOf<typeof PackageRestored>;

/** What a change shall make of one package in one distribution; once it is so, `Package…` says it. */
export const Step = t.union(
  [
    t.strict({ deed: t.literal('migrate'), version: Version, from: DistributionName, to: DistributionName }),
    t.strict({ deed: t.literal('remove'), version: Version, distribution: DistributionName }),
    t.strict({
      deed: t.literal('restore'),
      version: Version,
      distribution: DistributionName,
      from: t.union([DistributionName, t.null]),
    }),
  ],
  'Step',
);
export type Step = t.TypeOf<typeof Step>;

/** A change over several steps has seen that they fit, and keeps the package as it is until it is completed or abandoned. */
export const PackageClaimed = t.strict(
  {
    type: t.literal('PackageClaimed'),
    repository: RepositoryId,
    source: SourceName,
    change: ChangeId,
    steps: t.readonlyArray(Step),
  },
  'PackageClaimed',
);
export type PackageClaimed = t.TypeOf<typeof PackageClaimed>;

/** The change was abandoned: the package is free, and as it was. */
export const PackageReleased = t.strict(
  { type: t.literal('PackageReleased'), repository: RepositoryId, source: SourceName, change: ChangeId },
  'PackageReleased',
);
export type PackageReleased = t.TypeOf<typeof PackageReleased>;

/**
 * What apt sees from now on. `date` never goes back; `upTo` is the last content event it holds, `configuredBy` the last
 * configuration event it obeys.
 */
export const RepositoryPublished = t.strict(
  {
    type: t.literal('RepositoryPublished'),
    repository: RepositoryId,
    generation: Count,
    upTo: t.union([EventId, t.null]),
    configuredBy: t.union([EventId, t.null]),
    date: Instant,
    validUntil: t.union([Instant, t.null]),
    signedBy: t.readonlyArray(Fingerprint),
    /** The distributions whose `Release` changed with this publication, with its digest: the others stand as they stood. */
    releases: t.readonlyArray(t.strict({ distribution: DistributionName, release: Sha256 })),
  },
  'RepositoryPublished',
);
export type RepositoryPublished = t.TypeOf<typeof RepositoryPublished>;

export const PublishFailed = t.strict(
  { type: t.literal('PublishFailed'), repository: RepositoryId, rule: t.string, fact: t.string, remedy: t.string },
  'PublishFailed',
);
export type PublishFailed = t.TypeOf<typeof PublishFailed>;

/** What changes what a distribution holds. */
export type ContentEvent =
  | PackageInstalled
  | ArchitectureAdded
  | BinNmuInstalled
  | PackageMigrated
  | PackageRemoved
  | PackageRestored;
export type PackageEvent =
  | VersionReserved
  | VersionReleased
  | BinariesInstalled
  | PackageClaimed
  | PackageReleased
  | ArchitectureRefused
  | BinNmuRefused
  | PackageAged
  | LossEvent
  | ContentEvent;
export type PublicationEvent = RepositoryPublished | PublishFailed;
