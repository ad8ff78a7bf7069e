import type { DistributionName } from '../debian/distribution.ts';
import type { StoredFile, Version } from '../debian/names.ts';
import { withoutEpoch } from '../debian/version.ts';
import type { UploadId } from '../ids.ts';
import type { Loss } from '../retention/events.ts';
import { without } from '../without.ts';
import type { PackageClaimed, PackageEvent, PackageInstalled, PackageRemoved } from './events.ts';

/** One source package in one repository, over all its codenames and suites. */
export type Package = {
  /** Versions on their way, each claimed by one upload. */
  readonly reserved: ReadonlyMap<NameVersion, Arrival>;
  /** Versions ever installed, with the upload that brought them: burnt, whatever became of them. */
  readonly burnt: ReadonlyMap<NameVersion, UploadId>;
  /** The distribution that each of them was installed into. */
  readonly arrivedIn: ReadonlyMap<NameVersion, DistributionName>;
  /** How often contents changed: whoever names a rollback by its number says at which count it was seen there. */
  readonly changes: number;
  /** What each distribution holds now. */
  readonly present: ReadonlyMap<DistributionName, Version>;
  /** Files of every source package ever installed, by name: a name once published never gets other bytes. */
  readonly sources: ReadonlyMap<string, StoredFile>;
  /** Files of every binary package ever installed, likewise. */
  readonly binaries: ReadonlyMap<string, StoredFile>;
  /** Source files of each version whose files are kept: an upload may leave them out. */
  readonly kept: ReadonlyMap<NameVersion, readonly StoredFile[]>;
  /** Versions whose files went. */
  readonly gone: ReadonlyMap<NameVersion, { readonly because: Loss; readonly removed: boolean }>;
  /**
   * Where the present version stands with packages of binNMUs, and of which: by their ids, in order. `unknown` where an earlier state came back that may
   * have had others.
   */
  readonly rebuilt: ReadonlyMap<DistributionName, string>;
  /** Whether any version of it ever was. */
  readonly everRebuilt: boolean;
  /** The binNMUs that were installed. */
  readonly joined: ReadonlySet<UploadId>;
  /** The change that is about to do this here: nothing else happens until it has, or has been abandoned. */
  readonly claim: Pick<PackageClaimed, 'change' | 'steps'> | undefined;
};

/** A version as it stands in file names: `1:2.10-3` and `2:2.10-3` would meet in the pool, so one of them is enough. */
type NameVersion = ReturnType<typeof withoutEpoch>;

type Arrival = { readonly upload: UploadId; readonly sources: readonly StoredFile[] };

export const noPackage: Package = {
  reserved: new Map(),
  burnt: new Map(),
  arrivedIn: new Map(),
  changes: 0,
  present: new Map(),
  sources: new Map(),
  binaries: new Map(),
  kept: new Map(),
  gone: new Map(),
  rebuilt: new Map(),
  everRebuilt: false,
  joined: new Set(),
  claim: undefined,
};

export const evolvePackage = (state: Package, event: PackageEvent): Package => {
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
      return { ...state, reserved: without(state.reserved, withoutEpoch(event.version)) };
    case 'BinariesInstalled':
      return { ...state, binaries: withBinaries(state, event.binaries) };
    case 'PackageInstalled':
      return {
        ...state,
        changes: state.changes + 1,
        reserved: without(state.reserved, withoutEpoch(event.version)),
        burnt: new Map(state.burnt).set(withoutEpoch(event.version), event.upload),
        arrivedIn: new Map(state.arrivedIn).set(withoutEpoch(event.version), event.distribution),
        present: new Map(state.present).set(event.distribution, event.version),
        rebuilt: without(state.rebuilt, event.distribution),
        sources: withFiles(state.sources, event.sources),
        kept: new Map(state.kept).set(withoutEpoch(event.version), event.sources),
        binaries: withBinaries(state, event.binaries),
      };
    case 'ArchitectureAdded':
      return { ...state, binaries: withBinaries(state, event.binaries) };
    case 'BinNmuInstalled':
      return {
        ...state,
        changes: state.changes + 1,
        binaries: withBinaries(state, event.binaries),
        everRebuilt: true,
        joined: new Set(state.joined).add(event.upload),
        rebuilt: withMark(
          state.rebuilt,
          event.distribution,
          marked(state.rebuilt.get(event.distribution), event.upload),
        ),
      };
    case 'ArchitectureRefused':
    case 'BinNmuRefused':
    case 'PackageAged':
      return state;
    case 'PackageMigrated':
      return placed(state, event.to, event.version, state.rebuilt.get(event.from));
    case 'PackageRemoved':
      return {
        ...state,
        changes: state.changes + 1,
        present: vacated(state, event),
        rebuilt: without(state.rebuilt, event.distribution),
        claim: undefined,
      };
    case 'PackageRestored':
      // Without any binNMU there is one state of each version.
      return placed(state, event.distribution, event.version, state.everRebuilt ? unknownMark : undefined);
    case 'PackageClaimed':
      return { ...state, claim: { change: event.change, steps: event.steps } };
    case 'PackageReleased':
      return { ...state, claim: undefined };
    case 'FilesLetGo':
      return {
        ...state,
        // Only of distributions that the repository has no more: should they come back, it is not in them.
        present: new Map([...state.present].filter(([, held]) => held !== event.version)),
        kept: without(state.kept, withoutEpoch(event.version)),
        gone: new Map(state.gone).set(withoutEpoch(event.version), { because: event.because, removed: false }),
      };
    case 'FilesRemoved':
      return { ...state, gone: removed(state, event.version) };
  }
};

const removed = ({ gone }: Package, version: Version): Package['gone'] => {
  const loss = gone.get(withoutEpoch(version));
  return loss === undefined ? gone : new Map(gone).set(withoutEpoch(version), { ...loss, removed: true });
};

/** Whether two distributions that hold the same version hold the same packages of it, as far as can be told. */
export const isSameRebuild = ({ rebuilt }: Package, one: DistributionName, other: DistributionName): boolean =>
  rebuilt.get(one) === rebuilt.get(other) && rebuilt.get(one) !== unknownMark;

const unknownMark = 'unknown';

const marked = (before: string | undefined, upload: UploadId): string =>
  before === unknownMark ? unknownMark : `${before ?? ''} ${upload}`;

const withMark = (
  rebuilt: Package['rebuilt'],
  distribution: DistributionName,
  mark: string | undefined,
): Package['rebuilt'] =>
  mark === undefined ? without(rebuilt, distribution) : new Map(rebuilt).set(distribution, mark);

const placed = (
  state: Package,
  distribution: DistributionName,
  version: Version,
  mark: string | undefined,
): Package => ({
  ...state,
  rebuilt: withMark(state.rebuilt, distribution, mark),
  changes: state.changes + 1,
  present: new Map(state.present).set(distribution, version),
  claim: undefined,
});

/** A removal from a rollback distribution leaves what the suite holds. */
const vacated = ({ present }: Package, { distribution }: PackageRemoved): Package['present'] => {
  const rest = new Map(present);
  rest.delete(distribution);
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
