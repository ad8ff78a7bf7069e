import { isRight } from 'fp-ts/lib/Either.js';
import type {
  ArchitectureAdded,
  BinariesInstalled,
  ContentEvent,
  InstalledBinary,
  PackageInstalled,
  PackageRemoved,
} from '../domain/archive/events.ts';
import { eventOf } from '../domain/archive/steps.ts';
import type { ChangePlanned } from '../domain/change/events.ts';
import type { Instant } from '../domain/codec.ts';
import { type Configuration, resolveDistribution } from '../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../domain/debian/names.ts';
import type { ChangeId, UploadId } from '../domain/ids.ts';
import type { HeldVersion } from '../ports/archive.ts';
import type { Recorded } from './recorded.ts';
import { countPlaces, type Tally, tallyOf } from './tally.ts';
import { newTrail, noteChange, type Trail } from './trail.ts';

/** Who held a slot, newest first; rollback k of a distribution is `earlier[k]` of each of its slots. */
export type Slot<Held = HeldVersion> = { readonly present: Held | undefined; readonly earlier: readonly Held[] };

/** The present occupant becomes the first of the earlier ones; what falls out at `depth` stays out. */
export const occupy = <Held>({ present, earlier }: Slot<Held>, next: Held, depth: number): Slot<Held> => ({
  present: next,
  earlier: present === undefined ? earlier : [present, ...earlier].slice(0, depth),
});

/** The present occupant leaves, and stays the newest of the earlier ones. */
export const vacate = <Held>({ present, earlier }: Slot<Held>, depth: number): Slot<Held> => ({
  present: undefined,
  earlier: present === undefined ? earlier : [present, ...earlier].slice(0, depth),
});

/** One of the earlier occupants is forgotten; older ones move up. */
export const forget = <Held>({ present, earlier }: Slot<Held>, rollback: number): Slot<Held> => ({
  present,
  earlier: earlier.filter((_, index) => index !== rollback),
});

/** What every distribution holds, and held as far as its suite remembers. Folded in place: ask, do not keep. */
export type Contents = {
  readonly shelves: Map<DistributionName, Shelf>;
  /** Portions of what is being installed: whole with its `PackageInstalled`. */
  readonly arriving: Map<UploadId, readonly InstalledBinary[]>;
  /** Changes over several steps that are so only when they are completed, and then all at once. */
  readonly planned: Map<ChangeId, ChangePlanned>;
  /** By `REPOSITORY SOURCE`. */
  readonly packages: Map<string, PackageStory>;
  readonly tallies: Map<RepositoryId, Tally>;
};

export type PackageStory = {
  /** How often anything of the package changed. */
  changes: number;
  /** In how many distributions that there are it stands, rollbacks included. */
  places: number;
  /** Every version ever installed. */
  readonly versions: Map<Version, Arrived>;
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
  /** Which source a binary package belongs to: one per distribution. */
  readonly owners: Map<string, SourceName>;
  /** How many slots have somebody present. */
  holding: number;
  /** Of its repository. */
  readonly tally: Tally;
  /** Whose slots changed last: who kept a list of them brings it up to date. */
  readonly trail: Trail<SourceName>;
};

export const noContents = (): Contents => ({
  shelves: new Map(),
  arriving: new Map(),
  planned: new Map(),
  packages: new Map(),
  tallies: new Map(),
});

export const foldContents = (
  contents: Contents,
  { event, recordedAt }: Recorded,
  configuration: Configuration,
): void => {
  switch (event.type) {
    case 'BinariesInstalled':
      contents.arriving.set(event.upload, arrived(contents, event));
      break;
    case 'ChangePlanned':
      contents.planned.set(event.change, event);
      break;
    case 'ChangeCompleted':
      for (const each of stepsOf(contents.planned.get(event.change)))
        changeContents(contents, each, configuration, recordedAt);
      contents.planned.delete(event.change);
      break;
    case 'ChangeAbandoned':
      contents.planned.delete(event.change);
      break;
    case 'PackageInstalled':
    case 'ArchitectureAdded':
    case 'PackageMigrated':
    case 'PackageRestored':
    case 'PackageRemoved':
      if (isNews(event)) changeContents(contents, event, configuration, recordedAt);
      break;
  }
};

/** Steps of a change were so from its completion on. */
export const isNews = (event: ContentEvent): boolean => !('change' in event) || event.change === null;

/** What a change makes of contents once it is completed. */
export const stepsOf = (planned: ChangePlanned | undefined): readonly ContentEvent[] =>
  planned === undefined
    ? []
    : planned.members.flatMap(({ source, steps }) =>
        steps.map((step) => eventOf(step, { repository: planned.repository, source, change: null })),
      );

/** What one event makes of contents. Without `at` it is only tried: nothing is remembered of when what left. */
export const changeContents = (
  contents: Contents,
  event: ContentEvent,
  configuration: Configuration,
  at: Instant | undefined,
): void => {
  switch (event.type) {
    case 'PackageInstalled':
      storyOf(contents, event).versions.set(event.version, heldBy({ ...event, binaries: arrived(contents, event) }));
      contents.arriving.delete(event.upload);
      place(contents, event, event.distribution, configuration, at);
      break;
    case 'ArchitectureAdded':
      join(contents, { ...event, binaries: arrived(contents, event) });
      contents.arriving.delete(event.upload);
      break;
    case 'PackageMigrated':
      place(contents, event, event.to, configuration, at);
      break;
    case 'PackageRestored':
      place(contents, event, event.distribution, configuration, at);
      break;
    case 'PackageRemoved':
      remove(contents, event, configuration, at);
      break;
  }
};

const arrived = (
  { arriving }: Contents,
  { upload, binaries }: BinariesInstalled | PackageInstalled | ArchitectureAdded,
): readonly InstalledBinary[] => [...(arriving.get(upload) ?? []), ...binaries];

type About = Pick<PackageRemoved, 'repository' | 'source' | 'version'>;

export const storyOf = (
  contents: Contents,
  { repository, source }: Pick<About, 'repository' | 'source'>,
): PackageStory => {
  const key = `${repository} ${source}`;
  const story = contents.packages.get(key) ?? { changes: 0, places: 0, versions: new Map(), left: new Map() };
  contents.packages.set(key, story);
  return story;
};

const place = (
  contents: Contents,
  about: About,
  name: DistributionName,
  configuration: Configuration,
  at: Instant | undefined,
): void => {
  const story = storyOf(contents, about);
  const held = story.versions.get(about.version);
  story.changes += 1;
  if (held === undefined) return;
  const shelf = shelfOf(contents, name, configuration);
  changeSlot(shelf, about.source, story, at, (slot) => occupy(slot, held, depthOf(configuration, name)));
};

/** Wherever the version stands, it stands with its new binaries. Who is where does not change. */
const join = (contents: Contents, added: ArchitectureAdded): void => {
  const story = storyOf(contents, added);
  const { versions } = story;
  const before = versions.get(added.version);
  if (before === undefined) return;
  const after: Arrived = { ...before, binaries: [...before.binaries, ...added.binaries] };
  versions.set(added.version, after);
  const renewed = (held: HeldVersion): HeldVersion => (held === before ? after : held);
  for (const shelf of contents.shelves.values()) {
    const slot = shelf.slots.get(added.source);
    if (slot === undefined || !occupants(slot).includes(before)) continue;
    changeSlot(shelf, added.source, story, undefined, ({ present, earlier }) => ({
      present: present === undefined ? undefined : renewed(present),
      earlier: earlier.map(renewed),
    }));
  }
};

const remove = (
  contents: Contents,
  event: PackageRemoved,
  configuration: Configuration,
  at: Instant | undefined,
): void => {
  const story = storyOf(contents, event);
  story.changes += 1;
  const { rollback, ...suite } = parseDistribution(event.distribution);
  const name = distributionName(suite);
  changeSlot(shelfOf(contents, name, configuration), event.source, story, at, (slot) =>
    rollback === undefined ? vacate(slot, depthOf(configuration, name)) : forget(slot, rollback),
  );
};

/** Changes who holds a slot, and with it whose the binary packages are. */
export const changeSlot = (
  shelf: Shelf,
  source: SourceName,
  story: PackageStory,
  at: Instant | undefined,
  change: (slot: Slot) => Slot,
): void => {
  const before = shelf.slots.get(source) ?? { present: undefined, earlier: [] };
  const after = change(before);
  if (at !== undefined) for (const each of leaving(before, after, shelf)) story.left.set(each.version, at);
  for (const binary of before.present?.binaries ?? []) {
    if (shelf.owners.get(binary.package) === source) shelf.owners.delete(binary.package);
  }
  for (const binary of after.present?.binaries ?? []) shelf.owners.set(binary.package, source);
  shelf.slots.set(source, after);
  shelf.holding += Number(after.present !== undefined) - Number(before.present !== undefined);
  if (shelf.isConfigured) countPlaces(shelf.tally, story, Number(isOccupied(after)) - Number(isOccupied(before)));
  noteChange(shelf.trail, source);
};

export const isOccupied = ({ present, earlier }: Slot): boolean => present !== undefined || earlier.length > 0;

const leaving = (before: Slot, after: Slot, { isConfigured }: Shelf): readonly HeldVersion[] => {
  // What comes to a place that was taken away meanwhile stands nowhere.
  if (!isConfigured) return occupants(after);
  const staying = new Set(occupants(after));
  return occupants(before).filter((each) => !staying.has(each));
};

export const occupants = ({ present, earlier }: Slot): readonly HeldVersion[] =>
  present === undefined ? earlier : [present, ...earlier];

const shelfOf = (contents: Contents, name: DistributionName, configuration: Configuration): Shelf => {
  const shelf = contents.shelves.get(name) ?? {
    isConfigured: isConfigured(configuration, name),
    slots: new Map(),
    owners: new Map(),
    holding: 0,
    tally: tallyOf(contents.tallies, parseDistribution(name).repository),
    trail: newTrail(),
  };
  contents.shelves.set(name, shelf);
  return shelf;
};

const heldBy = ({ distribution, source, version, component, dsc, sources, binaries }: PackageInstalled): Arrived => ({
  source,
  version,
  component,
  dsc,
  sources,
  binaries,
  arrivedIn: distribution,
});

/** Whether there is such a distribution: its repository has the codename, and its layout the suite. */
export const isConfigured = (configuration: Configuration, name: DistributionName): boolean =>
  isRight(resolveDistribution(configuration, name));

/** How many rollbacks a suite keeps. */
export const depthOf = ({ repositories, layouts }: Configuration, name: DistributionName): number => {
  const { repository, suite } = parseDistribution(name);
  const layout = layouts.get(repositories.get(repository)?.layout ?? '');
  return layout?.suites.find((candidate) => candidate.suite === suite)?.rollbacks ?? 0;
};

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
    const owner = contents.shelves.get(name)?.owners.get(each);
    return owner === undefined || owner === source ? [] : [{ distribution: name, package: each, source: owner }];
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
  contents: Contents,
  repository: RepositoryId,
  source: SourceName,
  version: Version,
): Arrived | undefined => contents.packages.get(`${repository} ${source}`)?.versions.get(version);

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
