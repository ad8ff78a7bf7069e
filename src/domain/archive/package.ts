import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { type DistributionName, parseDistribution } from '../debian/distribution.ts';
import type { StoredFile, Version } from '../debian/names.ts';
import { compareVersions, withoutEpoch } from '../debian/version.ts';
import type { Decider } from '../decider.ts';
import type { UploadId } from '../ids.ts';
import { mostBinaries, portions } from '../portions.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type {
  PackageEvent,
  PackageInstalled,
  PackageMigrated,
  PackageRemoved,
  PackageRestored,
  VersionReleased,
  VersionReserved,
} from './events.ts';

/** One source package in one repository, over all its codenames and suites. */
export type Package = {
  /** Versions on their way, each claimed by one upload. */
  readonly reserved: ReadonlyMap<NameVersion, Claim>;
  /** Versions ever installed, with the upload that brought them: burnt, whatever became of them. */
  readonly burnt: ReadonlyMap<NameVersion, UploadId>;
  /** How often contents changed: whoever names a rollback by its number says at which count it was seen there. */
  readonly changes: number;
  /** What each distribution holds now. */
  readonly present: ReadonlyMap<DistributionName, Version>;
  /** Files of every source package ever installed, by name: a name once published never gets other bytes. */
  readonly sources: ReadonlyMap<string, StoredFile>;
  /** Files of every binary package ever installed, likewise. */
  readonly binaries: ReadonlyMap<string, StoredFile>;
};

/** A version as it stands in file names: `1:2.10-3` and `2:2.10-3` would meet in the pool, so one of them is enough. */
type NameVersion = ReturnType<typeof withoutEpoch>;

type Claim = { readonly upload: UploadId; readonly sources: readonly StoredFile[] };

export type PackageCommand =
  | ({ readonly command: 'ReserveVersion' } & Omit<VersionReserved, 'type'>)
  | ({ readonly command: 'ReleaseVersion' } & Omit<VersionReleased, 'type'>)
  | ({ readonly command: 'InstallPackage' } & Owned & Omit<PackageInstalled, 'type'>)
  | ({ readonly command: 'MigratePackage' } & Seen & Owned & Omit<PackageMigrated, 'type'>)
  | ({ readonly command: 'RemovePackage' } & Seen & Omit<PackageRemoved, 'type'>)
  | ({ readonly command: 'RestorePackage' } & Seen & Owned & Omit<PackageRestored, 'type'>);

/** Binary packages of the version that the distribution already has from another source. */
type Owned = { readonly ownedElsewhere: readonly { readonly package: string; readonly source: string }[] };

/** The count of changes that whoever commands has seen. */
type Seen = { readonly seen: number };

export const packageDecider: Decider<Package, PackageCommand, PackageEvent, Refusal> = {
  initial: {
    reserved: new Map(),
    burnt: new Map(),
    changes: 0,
    present: new Map(),
    sources: new Map(),
    binaries: new Map(),
  },
  evolve: (state, event) => evolve(state, event),
  decide: (command, state) => {
    switch (command.command) {
      case 'ReserveVersion':
        return reserve(command, state);
      case 'ReleaseVersion':
        return release(command, state);
      case 'InstallPackage':
        return install(command, state);
      case 'MigratePackage':
        return migrate(command, state);
      case 'RemovePackage':
        return remove(command, state);
      case 'RestorePackage':
        return restore(command, state);
    }
  },
};

const evolve = (state: Package, event: PackageEvent): Package => {
  switch (event.type) {
    case 'VersionReserved':
      return {
        ...state,
        reserved: new Map(state.reserved).set(withoutEpoch(event.version), {
          upload: event.upload,
          sources: event.sources,
        }),
      };
    case 'VersionReleased':
      return { ...state, reserved: without(state.reserved, event.version) };
    case 'BinariesInstalled':
      return { ...state, binaries: withBinaries(state, event.binaries) };
    case 'PackageInstalled':
      return {
        changes: state.changes + 1,
        reserved: without(state.reserved, event.version),
        burnt: new Map(state.burnt).set(withoutEpoch(event.version), event.upload),
        present: new Map(state.present).set(event.distribution, event.version),
        sources: withFiles(state.sources, event.sources),
        binaries: withBinaries(state, event.binaries),
      };
    case 'PackageMigrated':
      return placed(state, event.to, event.version);
    case 'PackageRemoved':
      return { ...state, changes: state.changes + 1, present: vacated(state, event) };
    case 'PackageRestored':
      return placed(state, event.distribution, event.version);
  }
};

const placed = (state: Package, distribution: DistributionName, version: Version): Package => ({
  ...state,
  changes: state.changes + 1,
  present: new Map(state.present).set(distribution, version),
});

/** A removal from a rollback distribution leaves what the suite holds. */
const vacated = ({ present }: Package, { distribution }: PackageRemoved): Package['present'] => {
  const rest = new Map(present);
  rest.delete(distribution);
  return rest;
};

const without = <V>(map: ReadonlyMap<NameVersion, V>, version: Version): ReadonlyMap<NameVersion, V> => {
  const rest = new Map(map);
  rest.delete(withoutEpoch(version));
  return rest;
};

const withBinaries = ({ binaries }: Package, more: PackageInstalled['binaries']): Package['binaries'] =>
  withFiles(
    binaries,
    more.map(({ file }) => file),
  );

const withFiles = (
  map: ReadonlyMap<string, StoredFile>,
  files: readonly StoredFile[],
): ReadonlyMap<string, StoredFile> => new Map([...map, ...files.map((file) => [file.name, file] as const)]);

type Reserve = Extract<PackageCommand, { command: 'ReserveVersion' }>;

const reserve = ({ command, ...claim }: Reserve, state: Package): Either<Refusal, readonly PackageEvent[]> => {
  if (state.reserved.get(withoutEpoch(claim.version))?.upload === claim.upload) return right([]);
  const refused = versionRefusal(claim, state) ?? sourceConflict(claim.sources, state);
  return refused === undefined ? right([{ type: 'VersionReserved', ...claim }]) : left(refused);
};

type Claimed = Pick<VersionReserved, 'source' | 'version' | 'distribution'>;

const versionRefusal = ({ source, version, distribution }: Claimed, state: Package): Refusal | undefined => {
  const burntBy = state.burnt.get(withoutEpoch(version));
  if (burntBy !== undefined) {
    return refusal(
      'version-exists',
      `${source} ${withoutEpoch(version)} was installed before, by upload ${burntBy}`,
      'raise the version: a version once published never gets other bytes',
    );
  }
  const rival = state.reserved.get(withoutEpoch(version));
  if (rival !== undefined) {
    return refusal(
      'version-in-progress',
      `${source} ${withoutEpoch(version)} is being built already, for upload ${rival.upload}`,
      'wait for that build, or raise the version',
    );
  }
  const present = state.present.get(distribution);
  if (present !== undefined && compareVersions(version, present) <= 0) {
    return refusal(
      'version-not-greater',
      `${distribution} holds ${source} ${present}, which is not lower than ${version}`,
      `upload a version greater than ${present}`,
    );
  }
  return undefined;
};

/** A file of this name with other bytes, installed or on its way (its name in the pool is one). */
const sourceConflict = (files: readonly StoredFile[], state: Package): Refusal | undefined => {
  const known = sourceFiles(state);
  for (const file of files) {
    const there = known.get(file.name);
    if (there !== undefined && there.sha256 !== file.sha256) {
      return refusal(
        'pool-conflict',
        `${file.name} has SHA-256 ${file.sha256}, the pool's file of that name has ${there.sha256}`,
        'use the very file of the earlier upload (or none: it is taken from the pool), or a new upstream version',
      );
    }
  }
  return undefined;
};

/** Files that an upload may leave out because we have them, by name. */
export const sourceFiles = (state: Package): ReadonlyMap<string, StoredFile> =>
  new Map([
    ...[...state.reserved.values()].flatMap(({ sources }) => sources.map((file) => [file.name, file] as const)),
    ...state.sources,
  ]);

type Release = Extract<PackageCommand, { command: 'ReleaseVersion' }>;

const release = ({ command, ...claim }: Release, state: Package): Either<Refusal, readonly PackageEvent[]> =>
  state.reserved.get(withoutEpoch(claim.version))?.upload === claim.upload
    ? right([{ type: 'VersionReleased', ...claim }])
    : right([]);

type Install = Extract<PackageCommand, { command: 'InstallPackage' }>;

const install = (
  { command, ownedElsewhere, ...installed }: Install,
  state: Package,
): Either<Refusal, readonly PackageEvent[]> => {
  if (state.burnt.get(withoutEpoch(installed.version)) === installed.upload) return right([]);
  if (state.reserved.get(withoutEpoch(installed.version))?.upload !== installed.upload) {
    return left(
      refusal(
        'not-reserved',
        `upload ${installed.upload} does not hold ${installed.source} ${installed.version}`,
        'upload it again',
      ),
    );
  }
  const refused =
    overtaken(installed, state) ??
    ownedByOthers(installed, ownedElsewhere) ??
    binaryConflict(installed.binaries, state);
  return refused === undefined ? right(inPortions(installed)) : left(refused);
};

/** Of many binary packages all but the last portion are said before. */
const inPortions = (installed: Omit<PackageInstalled, 'type'>): readonly PackageEvent[] => {
  const { repository, source, version, upload } = installed;
  const cut = portions(installed.binaries, mostBinaries);
  return [
    ...cut
      .slice(0, -1)
      .map((binaries): PackageEvent => ({ type: 'BinariesInstalled', repository, source, version, upload, binaries })),
    { type: 'PackageInstalled', ...installed, binaries: cut.at(-1) ?? [] },
  ];
};

/** Two versions of one source may build at once; the lower one comes too late when the higher is there. */
const overtaken = ({ source, version, distribution }: Claimed, state: Package): Refusal | undefined => {
  const present = state.present.get(distribution);
  return present !== undefined && compareVersions(version, present) < 0
    ? refusal(
        'overtaken',
        `${distribution} got ${source} ${present} meanwhile`,
        `upload a version greater than ${present}`,
      )
    : undefined;
};

const ownedByOthers = ({ distribution }: Claimed, owned: Owned['ownedElsewhere']): Refusal | undefined => {
  const [first] = owned;
  return first === undefined
    ? undefined
    : refusal(
        'binary-of-other-source',
        `${distribution} has the binary package ${first.package} from the source ${first.source}`,
        `rename the binary package, or remove ${first.source} from ${distribution}`,
      );
};

/** A binary package keeps its version where the source's is raised, and then has to keep its bytes too. */
const binaryConflict = (binaries: PackageInstalled['binaries'], state: Package): Refusal | undefined => {
  const known = new Map(state.binaries);
  for (const { file } of binaries) {
    const there = known.get(file.name) ?? file;
    known.set(file.name, there);
    if (there.sha256 !== file.sha256) {
      return refusal(
        'pool-conflict',
        `${file.name} has SHA-256 ${file.sha256}, the pool's file of that name has ${there.sha256}`,
        'raise the version of the binary package too',
      );
    }
  }
  return undefined;
};

type Of<C extends PackageCommand['command']> = Extract<PackageCommand, { command: C }>;

const migrate = (
  { command, seen, ownedElsewhere, ...migrated }: Of<'MigratePackage'>,
  state: Package,
): Either<Refusal, readonly PackageEvent[]> => {
  const { source, version, from, to } = migrated;
  const refused =
    stale(seen, state) ??
    absent(state, source, version, from) ??
    alreadyThere(state, source, version, to) ??
    ownedByOthers({ ...migrated, distribution: to }, ownedElsewhere);
  return refused === undefined ? right([{ type: 'PackageMigrated', ...migrated }]) : left(refused);
};

const remove = (
  { command, seen, ...removed }: Of<'RemovePackage'>,
  state: Package,
): Either<Refusal, readonly PackageEvent[]> => {
  const { source, version, distribution } = removed;
  const isRollback = parseDistribution(distribution).rollback !== undefined;
  const refused = stale(seen, state) ?? (isRollback ? undefined : absent(state, source, version, distribution));
  return refused === undefined ? right([{ type: 'PackageRemoved', ...removed }]) : left(refused);
};

const restore = (
  { command, seen, ownedElsewhere, ...restored }: Of<'RestorePackage'>,
  state: Package,
): Either<Refusal, readonly PackageEvent[]> => {
  const { source, version, distribution } = restored;
  const refused =
    stale(seen, state) ?? alreadyThere(state, source, version, distribution) ?? ownedByOthers(restored, ownedElsewhere);
  return refused === undefined ? right([{ type: 'PackageRestored', ...restored }]) : left(refused);
};

const stale = (seen: number, { changes }: Package): Refusal | undefined =>
  seen === changes
    ? undefined
    : refusal(
        'stale',
        'the package changed since it was looked at',
        'look again, and repeat the command if it still fits',
      );

const absent = (
  { present }: Package,
  source: string,
  version: Version,
  distribution: DistributionName,
): Refusal | undefined =>
  present.get(distribution) === version
    ? undefined
    : refusal(
        'not-there',
        `${distribution} holds ${source} ${present.get(distribution) ?? 'in no version'}, not ${version}`,
        'see show for what is where',
      );

const alreadyThere = (
  { present }: Package,
  source: string,
  version: Version,
  distribution: DistributionName,
): Refusal | undefined =>
  present.get(distribution) === version
    ? refusal('already-there', `${distribution} holds ${source} ${version} already`, 'nothing needs to be done')
    : undefined;
