import type { InstalledBinary } from '../domain/archive/events.ts';
import type { ChangePlanned } from '../domain/change/events.ts';
import type { Instant } from '../domain/codec.ts';
import { type DistributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../domain/debian/names.ts';
import { compareVersions } from '../domain/debian/version.ts';
import type { ChangeId, UploadId } from '../domain/ids.ts';
import type { HeldVersion } from '../ports/archive.ts';
import type { Tally } from './tally.ts';
import type { Trail } from './trail.ts';

/** Who held a slot, newest first; rollback k of a distribution is `earlier[k]` of each of its slots. */
export type Slot<Held = HeldVersion> = {
  readonly present: Held | undefined;
  readonly earlier: readonly Held[];
  /** When the present version came here. Milliseconds. */
  readonly since?: number | undefined;
};

/** What every distribution holds, and held as far as its suite remembers. Folded in place: ask, do not keep. */
export type Contents = {
  readonly shelves: Map<DistributionName, Shelf>;
  /** Portions of what is being installed: whole with its `PackageInstalled`. */
  readonly arriving: Map<UploadId, readonly InstalledBinary[]>;
  /** Changes over several steps that are so only when they are completed, and then all at once. */
  readonly planned: Map<ChangeId, ChangePlanned>;
  /** By `REPOSITORY SOURCE`. */
  readonly packages: Map<string, PackageStory>;
  /** When anything of a source package changed last, wherever. Milliseconds. */
  readonly changedAt: Map<SourceName, number>;
  readonly tallies: Map<RepositoryId, Tally>;
};

export type PackageStory = {
  /** How often anything of the package changed. */
  changes: number;
  /** When that was the last time. Milliseconds. */
  changedAt?: number;
  /** In how many distributions that there are it stands, rollbacks included. */
  places: number;
  /** Every version ever installed, with what was built of it last. */
  readonly versions: Map<Version, Arrived>;
  /** Packages of a version in whose place, in some distribution, those of a binNMU came: their files are its own as before. */
  replaced?: Map<Version, readonly InstalledBinary[]>;
  /** When a version last left a place where it stood, rollbacks included; it may stand in others. */
  readonly left: Map<Version, Instant>;
};

/** A version and the distribution that it was installed into, wherever it went from there. */
export type Arrived = HeldVersion & { readonly arrivedIn: DistributionName };

export type Shelf = {
  /** Whether there is such a distribution now: one that there is not holds nothing, as far as anybody can see. */
  isConfigured: boolean;
  /** When it was configured again, what it holds being older. */
  since?: Instant;
  readonly slots: Map<SourceName, Slot>;
  /**
   * Which source a binary package belongs to: one per distribution. Several only while history says so: an import tells of one source after the other,
   * and an earlier version of one may have had what is another's now.
   */
  readonly owners: Map<string, readonly SourceName[]>;
  /** How many slots have somebody present. */
  holding: number;
  /** Of its repository. */
  readonly tally: Tally;
  /** Whose slots changed last: who kept a list of them brings it up to date. */
  readonly trail: Trail<SourceName>;
};

export const isOccupied = ({ present, earlier }: Slot): boolean => present !== undefined || earlier.length > 0;

export const occupants = ({ present, earlier }: Slot): readonly HeldVersion[] =>
  present === undefined ? earlier : [present, ...earlier];

export const held = (contents: Contents, name: DistributionName): readonly HeldVersion[] =>
  slotsOf(contents, name).flatMap(({ present }) => present ?? []);

/** How many source packages it holds now. */
export const countHeld = ({ shelves }: Contents, name: DistributionName): number => shelves.get(name)?.holding ?? 0;

export const heldEarlier = (contents: Contents, name: DistributionName, rollback: number): readonly HeldVersion[] =>
  slotsOf(contents, name).flatMap(({ earlier }) => earlier[rollback] ?? []);

/** As they are now: a list that nothing changes any more. */
export const slotsOf = (contents: Contents, name: DistributionName): readonly Slot[] => [
  ...(contents.shelves.get(name)?.slots.values() ?? []),
];

/** How many source packages a repository holds in its suites and their rollbacks. */
export const sourcesIn = ({ tallies }: Contents, repository: RepositoryId): number =>
  tallies.get(repository)?.sources ?? 0;

/** Binary packages that the distribution already has from another source. */
export const ownedElsewhere = (
  contents: Contents,
  name: DistributionName,
  source: SourceName,
  packages: readonly string[],
): readonly { readonly distribution: DistributionName; readonly package: string; readonly source: SourceName }[] =>
  [...new Set(packages)].flatMap((each) => {
    const owner = contents.shelves
      .get(name)
      ?.owners.get(each)
      ?.findLast((other) => other !== source);
    return owner === undefined ? [] : [{ distribution: name, package: each, source: owner }];
  });

/** The same for every distribution that a version stands in. */
export const ownedWhereHeld = (
  contents: Contents,
  {
    repository,
    source,
    version,
  }: { readonly repository: RepositoryId; readonly source: SourceName; readonly version: Version },
  packages: readonly string[],
): ReturnType<typeof ownedElsewhere> =>
  whereabouts(contents, source)
    .filter(
      ({ distribution, slot }) =>
        slot.present?.version === version && parseDistribution(distribution).repository === repository,
    )
    .flatMap(({ distribution }) => ownedElsewhere(contents, distribution, source, packages));

/** Where one source stands: every distribution that there is, of every repository, that holds or held it. */
export const whereabouts = (
  contents: Contents,
  source: SourceName,
): readonly { readonly distribution: DistributionName; readonly slot: Slot }[] =>
  [...contents.shelves].flatMap(([distribution, { slots, isConfigured }]) => {
    const slot = isConfigured ? slots.get(source) : undefined;
    return slot === undefined ? [] : [{ distribution, slot }];
  });

/** How often anything of a package changed: what a command says it has seen. */
export const changesOf = (contents: Contents, repository: RepositoryId, source: SourceName): number =>
  storyKnown(contents, repository, source)?.changes ?? 0;

/** One and the same as long as the package is known, which is for ever. */
export const storyKnown = (
  { packages }: Contents,
  repository: RepositoryId,
  source: SourceName,
): PackageStory | undefined => packages.get(`${repository} ${source}`);

/** A version that was installed here once, wherever it is now. */
export const versionOf = (
  contents: Pick<Contents, 'packages'>,
  repository: RepositoryId,
  source: SourceName,
  version: Version,
): Arrived | undefined => contents.packages.get(`${repository} ${source}`)?.versions.get(version);

/** A version with every package that was ever built of it and installed: all that its files are. */
export const withAllBuilt = (
  contents: Pick<Contents, 'packages'>,
  repository: RepositoryId,
  held: HeldVersion,
): HeldVersion => {
  const replaced = contents.packages.get(`${repository} ${held.source}`)?.replaced?.get(held.version);
  if (replaced === undefined) return held;
  const latest = versionOf(contents, repository, held.source, held.version)?.binaries ?? [];
  const all = new Map([...replaced, ...latest, ...held.binaries].map((binary) => [binary.file.name, binary]));
  return { ...held, binaries: [...all.values()] };
};

/** Whether two are one version with the same packages of it. */
export const isSameHeld = (one: HeldVersion | undefined, other: HeldVersion | undefined): boolean => {
  if (one === other) return true;
  return one !== undefined && other !== undefined && one.version === other.version && hasSamePackages(one, other);
};

type Packages = Pick<HeldVersion, 'binaries'>;

export const hasSamePackages = (one: Packages, other: Packages): boolean => {
  if (one.binaries === other.binaries) return true;
  if (one.binaries.length !== other.binaries.length) return false;
  // Mostly they are in the same order, and there may be a hundred thousand to be looked at.
  if (one.binaries.every(({ file }, at) => file.sha256 === other.binaries[at]?.file.sha256)) return true;
  const files = new Set(one.binaries.map(({ file }) => file.sha256));
  return other.binaries.every(({ file }) => files.has(file.sha256));
};

/** Whether a version has come to where `there` stands: with the same packages of it, or with higher ones, of a later binNMU. */
export const hasCome = (there: HeldVersion | undefined, held: HeldVersion): boolean => {
  if (isSameHeld(there, held)) return true;
  if (there?.version !== held.version) return false;
  const standing = versionsOf(there);
  return held.binaries.every((binary) => {
    const version = standing.get(keyOf(binary));
    return version !== undefined && compareVersions(binary.version, version) <= 0;
  });
};

/** What of `there` is higher than what would take its place: the version, or a package of the same version that a later binNMU made. */
export const higherThan = (there: HeldVersion | undefined, held: HeldVersion): string | undefined => {
  if (there === undefined || there === held) return undefined;
  if (there.version !== held.version)
    return compareVersions(held.version, there.version) < 0 ? there.version : undefined;
  const coming = versionsOf(held);
  const higher = there.binaries.find((binary) => {
    const version = coming.get(keyOf(binary));
    return version !== undefined && compareVersions(version, binary.version) < 0;
  });
  return higher && `${higher.version} (${higher.package} on ${higher.architecture})`;
};

type Binary = HeldVersion['binaries'][number];

const keyOf = (binary: Binary): string => `${binary.package} ${binary.architecture}`;

const versionsOf = ({ binaries }: HeldVersion): ReadonlyMap<string, Version> =>
  new Map(binaries.map((binary) => [keyOf(binary), binary.version]));

/** Every version of a repository's package that stands anywhere, as a suite's present or one of its rollbacks. */
export const standing = (
  contents: Contents,
  repository: RepositoryId,
  source: SourceName,
): ReadonlySet<HeldVersion> => {
  const found = new Set<HeldVersion>();
  for (const [name, { slots, isConfigured }] of contents.shelves) {
    const slot = isConfigured ? slots.get(source) : undefined;
    if (slot !== undefined && parseDistribution(name).repository === repository)
      for (const held of occupants(slot)) found.add(held);
  }
  return found;
};

/** Who holds a slot now, and held it before. */
export const slotOf = (contents: Contents, name: DistributionName, source: SourceName): Slot =>
  contents.shelves.get(name)?.slots.get(source) ?? { present: undefined, earlier: [] };
