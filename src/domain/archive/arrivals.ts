import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { StoredFile } from '../debian/names.ts';
import { compareVersions, withoutEpoch } from '../debian/version.ts';
import { mostBinaries, mostOfBinaries, portions } from '../portions.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type {
  ArchitectureAdded,
  BinariesInstalled,
  BinNmuInstalled,
  PackageEvent,
  PackageInstalled,
  VersionReleased,
  VersionReserved,
} from './events.ts';
import { notKept } from './losses.ts';
import { claimed, type Owned, ownedByOthers } from './obstacles.ts';
import type { Package } from './package-state.ts';

/** A version on its way: reserved for an upload, then installed or released; optional architectures may come later. */
export type ArrivalCommand = Reserve | Release | Install | Add;

type Reserve = { readonly command: 'ReserveVersion' } & Omit<VersionReserved, 'type'>;
type Release = { readonly command: 'ReleaseVersion' } & Omit<VersionReleased, 'type'>;
type Install = { readonly command: 'InstallPackage' } & Owned & Omit<PackageInstalled, 'type'>;
type Add = {
  readonly command: 'AddArchitecture';
  /** Why checks keep it out, if they do. */
  readonly denied: string | undefined;
} & Owned &
  Omit<ArchitectureAdded, 'type'>;

export const reserve = ({ command, ...claim }: Reserve, state: Package): Either<Refusal, readonly PackageEvent[]> => {
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
  const known = new Map([...reservedFiles(state), ...state.sources]);
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
    ...reservedFiles(state),
    ...[...state.kept.values()].flatMap((files) => files.map((file) => [file.name, file] as const)),
  ]);

const reservedFiles = ({ reserved }: Package): readonly (readonly [string, StoredFile])[] =>
  [...reserved.values()].flatMap(({ sources }) => sources.map((file) => [file.name, file] as const));

export const release = ({ command, ...claim }: Release, state: Package): Either<Refusal, readonly PackageEvent[]> =>
  state.reserved.get(withoutEpoch(claim.version))?.upload === claim.upload
    ? right([{ type: 'VersionReleased', ...claim }])
    : right([]);

export const install = (
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
    claimed(installed.source, state) ??
    overtaken(installed, state) ??
    ownedByOthers(ownedElsewhere) ??
    tooManyBinaries(installed) ??
    binaryConflict(installed.binaries, state);
  return refused === undefined ? right(inPortions({ type: 'PackageInstalled', ...installed })) : left(refused);
};

/** More than can be said at once: a package is installed whole, or not at all. */
export const tooManyBinaries = ({
  source,
  version,
  binaries,
}: Pick<PackageInstalled, 'source' | 'version' | 'binaries'>): Refusal | undefined => {
  const bytes = JSON.stringify(binaries).length;
  return bytes <= mostOfBinaries
    ? undefined
    : refusal(
        'too-many-binaries',
        `${source} ${version} has ${binaries.length} binary packages, which take ${bytes} bytes to name, and ${mostOfBinaries} can be installed at once`,
        'split the source package, or make architectures optional: they join one after the other',
      );
};

/** Of many binary packages all but the last portion are said before. */
export const inPortions = (
  installed: PackageInstalled | ArchitectureAdded | BinNmuInstalled,
): readonly PackageEvent[] => {
  const { repository, source, version, upload } = installed;
  const cut = portions(installed.binaries, mostBinaries);
  return [
    ...cut
      .slice(0, -1)
      .map(
        (binaries): BinariesInstalled => ({ type: 'BinariesInstalled', repository, source, version, upload, binaries }),
      ),
    { ...installed, binaries: cut.at(-1) ?? [] },
  ];
};

/** What may not join is no fault of who asks: it is on record then, and nobody asks again. */
export const addArchitecture = (
  { command, ownedElsewhere, denied, ...added }: Add,
  state: Package,
): Either<Refusal, readonly PackageEvent[]> => {
  const { source, version, upload, binaries, ...place } = added;
  if (state.burnt.get(withoutEpoch(version)) !== upload) {
    return left(refusal('not-installed', `upload ${upload} did not bring ${source} ${version}`, 'install it first'));
  }
  if (binaries.every(({ file }) => state.binaries.get(file.name)?.sha256 === file.sha256)) return right([]);
  const held = claimed(source, state);
  if (held !== undefined) return left(held);
  const refused =
    deniedByChecks(denied) ??
    notKept(source, version, state) ??
    ownedByOthers(ownedElsewhere) ??
    tooManyBinaries(added) ??
    binaryConflict(binaries, state);
  if (refused === undefined) return right(inPortions({ type: 'ArchitectureAdded', ...added }));
  return right([{ type: 'ArchitectureRefused', source, version, upload, ...place, ...refused }]);
};

export const deniedByChecks = (denied: string | undefined): Refusal | undefined =>
  denied === undefined
    ? undefined
    : refusal('denied-by-checks', denied, 'see the reports of its checks, and upload a version without that');

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

/** A binary package keeps its version where the source's is raised, and then has to keep its bytes too. */
export const binaryConflict = (binaries: PackageInstalled['binaries'], state: Package): Refusal | undefined => {
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
