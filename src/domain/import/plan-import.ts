import { tooManyBinaries } from '../archive/arrivals.ts';
import type { ImportedVersion, ImportPackage } from '../archive/imported.ts';
import type { DistributionName } from '../debian/distribution.ts';
import type { Architecture, Component, RepositoryId, StoredFile } from '../debian/names.ts';
import type { UploadId } from '../ids.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { binaryKey, type EntryFault, type FoundBinary, type FoundFile, type FoundSource, fileKey } from './found.ts';
import { type Older, type Shelf, shelvesOf } from './shelves.ts';
import { type FoundVersion, filesOf, type VersionTable, versionKey, versionTable } from './version-table.ts';

/** A suite as it was read, and what becomes of it. */
export type FoundSuite = {
  readonly suite: string;
  readonly distribution: DistributionName;
  readonly sources: readonly FoundSource[];
  readonly binaries: readonly FoundBinary[];
  readonly faults: readonly EntryFault[];
};

/** What the codename of a suite is set up for. */
export type Room = { readonly components: readonly Component[]; readonly architectures: readonly Architecture[] };

export type PlanRequest = {
  readonly repository: RepositoryId;
  readonly suites: readonly FoundSuite[];
  readonly roomOf: (distribution: DistributionName) => Room;
  /** Files that are missing, have other bytes or are another package, by `fileKey`. */
  readonly damaged: ReadonlyMap<string, Refusal>;
  readonly older: Older;
  readonly closeGaps: boolean;
  readonly newUpload: () => UploadId;
};

/** What cannot be taken from a suite. */
export type Refused = { readonly suite: string; readonly about: string; readonly because: Refusal };

export type ImportPlan = {
  readonly packages: readonly ImportPackage[];
  readonly files: readonly FoundFile[];
  readonly refused: readonly Refused[];
  readonly shelves: readonly Shelf[];
};

/** What becomes of everything that was found, and what cannot be taken. The same finds give the same plan, but for ids. */
export const planImport = (request: PlanRequest): ImportPlan => {
  const { suites, damaged, older, closeGaps } = request;
  const table = versionTable(suites);
  for (const version of table.values()) {
    const file = filesOf(version).find((each) => damaged.has(fileKey(each)));
    if (file !== undefined) version.fault ??= damaged.get(fileKey(file));
    version.fault ??= tooMany(version);
  }
  const refused: Refused[] = [];
  const standing = suites.map((found) => ({
    suite: found.suite,
    distribution: found.distribution,
    versions: standingIn(found, table, request.roomOf(found.distribution), refused),
  }));
  const shelves = shelvesOf(standing, { older, closeGaps }, refused);
  const packages = packagesOf(request, shelves, table);
  const used = packages.flatMap(({ source, versions }) =>
    versions.flatMap(({ version }) => table.get(versionKey(source, version)) ?? []),
  );
  const files = new Map(used.flatMap(filesOf).map((file) => [fileKey(file), file]));
  return { packages, files: [...files.values()], refused, shelves };
};

/** The versions of a suite that can be taken as they stand there. */
const standingIn = (
  { suite, sources, binaries, faults }: FoundSuite,
  table: VersionTable,
  { architectures }: Room,
  refused: Refused[],
): readonly FoundVersion[] => {
  const refuse = (about: string, because: Refusal): void => void refused.push({ suite, about, because });
  for (const { about, because } of faults) refuse(about, because);
  const there = new Map<string, Set<string>>(
    sources.map(({ source, version }) => [versionKey(source, version), new Set()]),
  );
  const orphans = new Set<string>();
  for (const binary of binaries) {
    const of = there.get(versionKey(binary.source, binary.sourceVersion));
    if (of === undefined)
      orphans.add(`${binary.package} ${binary.version} (source ${binary.source} ${binary.sourceVersion})`);
    else of.add(binaryKey(binary));
  }
  for (const about of orphans) refuse(about, noSource);
  return [...there].flatMap(([key, present]) => {
    const version = table.get(key);
    if (version === undefined) return [];
    const fault = version.fault ?? missingBinary(version, present, architectures);
    if (fault === undefined) return [version];
    refuse(key, fault);
    return [];
  });
};

const noSource = refusal(
  'no-source',
  'the suite holds the binary package without its source package',
  'add the source to the suite, or leave it out: --skip-refused',
);

/** A version is one and the same wherever it stands, as far as architectures of the codename go. */
const missingBinary = (
  { binaries }: FoundVersion,
  present: ReadonlySet<string>,
  architectures: readonly Architecture[],
): Refusal | undefined => {
  const lacking = [...binaries].find(
    ([key, { architecture }]) => !present.has(key) && (architecture === 'all' || architectures.includes(architecture)),
  );
  return lacking === undefined
    ? undefined
    : refusal(
        'differing-binaries',
        `another suite has the same version with ${lacking[0]}, and this one has it without`,
        'add the binary package here, or leave the version out: --skip-refused',
      );
};

const packagesOf = (
  { repository, newUpload }: PlanRequest,
  shelves: readonly Shelf[],
  table: VersionTable,
): readonly ImportPackage[] => {
  const bySource = Map.groupBy(shelves, ({ source }) => source);
  return [...bySource].map(([source, slots]) => ({
    command: 'ImportPackage',
    repository,
    source,
    versions: [...new Set(slots.flatMap(({ occupants }) => occupants))].flatMap((version) => {
      const found = table.get(versionKey(source, version));
      return found === undefined ? [] : [arrivalOf(found, newUpload())];
    }),
    slots: slots.map(({ distribution, occupants, isPresent }) => ({ distribution, occupants, isPresent })),
  }));
};

const arrivalOf = ({ source, binaries }: FoundVersion, upload: UploadId): ImportedVersion => ({
  version: source.version,
  upload,
  component: source.component,
  dsc: stored(source.dsc),
  sources: source.files.map(stored),
  binaries: [...binaries.values()].map(({ package: name, version, architecture, component, file }) => ({
    package: name,
    version,
    architecture,
    component,
    file: stored(file),
  })),
});

/** It comes as it is, or not at all. */
const tooMany = (found: FoundVersion): Refusal | undefined => {
  const refused = tooManyBinaries({ source: found.source.source, ...arrivalOf(found, '' as UploadId) });
  return refused && { ...refused, remedy: 'leave it out: --skip-refused' };
};

const stored = ({ name, size, sha256 }: FoundFile): StoredFile => ({ name, size, sha256 });

/** What a suite holds that its codename is not set up for: a matter of configuration, not of packages. */
export const roomFaults = ({ suite, distribution, sources, binaries }: FoundSuite, room: Room): readonly Refusal[] => {
  const codename = distribution.split('-')[0];
  const components = new Set<Component>([...sources, ...binaries].map(({ component }) => component));
  const architectures = new Set<Architecture>(binaries.map(({ architecture }) => architecture));
  return [
    ...[...components]
      .filter((each) => !room.components.includes(each))
      .map((each) => lacks(suite, 'component', each, `${codename}`)),
    ...[...architectures]
      .filter((each) => each !== 'all' && !room.architectures.includes(each))
      .map((each) => lacks(suite, 'architecture', each, `${codename}`)),
  ];
};

const lacks = (suite: string, what: 'component' | 'architecture', name: string, codename: string): Refusal =>
  refusal(
    what === 'component' ? 'unknown-component' : 'unknown-architecture',
    `${suite} has packages of ${what} ${name}, which the distribution ${codename} here does not have`,
    `add ${name} to ${what}s of the distribution ${codename} (an architecture may be optional), and import again`,
  );
