import { isRight } from 'fp-ts/lib/Either.js';
import type {
  ArchitectureAdded,
  BinariesInstalled,
  BinNmuInstalled,
  ContentEvent,
  InstalledBinary,
  PackageInstalled,
  PackageRemoved,
  PackageRestored,
} from '../domain/archive/events.ts';
import { eventOf } from '../domain/archive/steps.ts';
import type { ChangePlanned } from '../domain/change/events.ts';
import type { Instant } from '../domain/codec.ts';
import { type Configuration, resolveDistribution } from '../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { SourceName } from '../domain/debian/names.ts';
import type { HeldVersion } from '../ports/archive.ts';
import {
  type Arrived,
  type Contents,
  isOccupied,
  occupants,
  type PackageStory,
  type Shelf,
  type Slot,
} from './contents.ts';
import type { Recorded } from './recorded.ts';
import { countPlaces, tallyOf } from './tally.ts';
import { newTrail, noteChange } from './trail.ts';

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

export const noContents = (): Contents => ({
  shelves: new Map(),
  arriving: new Map(),
  planned: new Map(),
  packages: new Map(),
  changedAt: new Map(),
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
    case 'BinNmuInstalled':
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
    case 'BinNmuInstalled':
      rebuild(contents, { ...event, binaries: arrived(contents, event) }, configuration, at);
      contents.arriving.delete(event.upload);
      break;
    case 'PackageMigrated':
      place(contents, event, event.to, configuration, at, slotAt(contents, event.from, event.source)?.present);
      break;
    case 'PackageRestored':
      place(contents, event, event.distribution, configuration, at, asItWas(contents, event));
      break;
    case 'PackageRemoved':
      remove(contents, event, configuration, at);
      break;
  }
};

const arrived = (
  { arriving }: Contents,
  { upload, binaries }: BinariesInstalled | PackageInstalled | ArchitectureAdded | BinNmuInstalled,
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

/** The story of a package of which something changes. */
const changed = (contents: Contents, about: About, at: Instant | undefined): PackageStory => {
  const story = storyOf(contents, about);
  story.changes += 1;
  if (at === undefined) return story;
  story.changedAt = Date.parse(at);
  contents.changedAt.set(about.source, story.changedAt);
  return story;
};

const place = (
  contents: Contents,
  about: About,
  name: DistributionName,
  configuration: Configuration,
  at: Instant | undefined,
  as?: HeldVersion | undefined,
): void => {
  const story = changed(contents, about, at);
  const held = as?.version === about.version ? as : story.versions.get(about.version);
  if (held === undefined) return;
  const shelf = shelfOf(contents, name, configuration);
  changeSlot(shelf, about.source, story, at, (slot) => occupy(slot, held, depthOf(configuration, name)));
};

const slotAt = ({ shelves }: Contents, name: DistributionName, source: SourceName): Slot | undefined =>
  shelves.get(name)?.slots.get(source);

/** What comes back comes with the packages that it had: in the rollback that is named, else in the newest of them. */
const asItWas = (
  contents: Contents,
  { from, distribution, source, version }: PackageRestored,
): HeldVersion | undefined => {
  const slot = slotAt(contents, distribution, source);
  if (slot === undefined) return undefined;
  const { rollback } = from === null ? {} : parseDistribution(from);
  const named = rollback === undefined ? undefined : slot.earlier[rollback];
  return named?.version === version ? named : occupants(slot).find((each) => each.version === version);
};

/** In this distribution the version stands with what was built again; elsewhere it stands as before. */
const rebuild = (
  contents: Contents,
  event: BinNmuInstalled,
  configuration: Configuration,
  at: Instant | undefined,
): void => {
  const { source, version, distribution, architecture, binaries } = event;
  const story = changed(contents, event, at);
  const [held, latest] = [slotAt(contents, distribution, source)?.present, story.versions.get(version)];
  if (held?.version !== version || latest === undefined) return;
  const ofOthers = (all: HeldVersion['binaries']) => all.filter((each) => each.architecture !== architecture);
  const of = (all: HeldVersion['binaries']) => all.filter((each) => each.architecture === architecture);
  const after: Arrived = { ...held, binaries: [...ofOthers(held.binaries), ...binaries], arrivedIn: latest.arrivedIn };
  const newest = latest === held ? after : { ...latest, binaries: [...ofOthers(latest.binaries), ...binaries] };
  story.replaced ??= new Map();
  story.replaced.set(version, [...(story.replaced.get(version) ?? []), ...of(held.binaries), ...of(latest.binaries)]);
  story.versions.set(version, newest);
  changeSlot(shelfOf(contents, distribution, configuration), source, story, undefined, (slot) => ({
    ...slot,
    present: after,
  }));
};

/** Wherever the version stands, it stands with its new binaries. Who is where does not change. */
const join = (contents: Contents, added: ArchitectureAdded): void => {
  const story = storyOf(contents, added);
  const { versions } = story;
  const before = versions.get(added.version);
  if (before === undefined) return;
  const after: Arrived = { ...before, binaries: [...before.binaries, ...added.binaries] };
  versions.set(added.version, after);
  // Where a binNMU was not, or another one, the version has other packages, and these besides.
  const others = new Map<HeldVersion, HeldVersion>([[before, after]]);
  const renewed = (held: HeldVersion): HeldVersion => {
    if (held.version !== added.version || held.dsc.sha256 !== before.dsc.sha256) return held;
    const known = others.get(held) ?? { ...held, binaries: [...held.binaries, ...added.binaries] };
    others.set(held, known);
    return known;
  };
  for (const [name, shelf] of contents.shelves) {
    if (parseDistribution(name).repository !== added.repository) continue;
    const slot = shelf.slots.get(added.source);
    if (slot === undefined || !occupants(slot).some(({ version }) => version === added.version)) continue;
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
  const story = changed(contents, event, at);
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
  giveUp(shelf, source, before.present);
  own(shelf, source, after.present);
  shelf.slots.set(source, { ...after, since: sinceWhen(before, after, at) });
  shelf.holding += Number(after.present !== undefined) - Number(before.present !== undefined);
  if (shelf.isConfigured) countPlaces(shelf.tally, story, Number(isOccupied(after)) - Number(isOccupied(before)));
  noteChange(shelf.trail, source);
};

const giveUp = ({ owners }: Shelf, source: SourceName, held: HeldVersion | undefined): void => {
  for (const { package: name } of held?.binaries ?? []) {
    const others = (owners.get(name) ?? []).filter((owner) => owner !== source);
    if (others.length === 0) owners.delete(name);
    else owners.set(name, others);
  }
};

const own = ({ owners }: Shelf, source: SourceName, held: HeldVersion | undefined): void => {
  const alone = [source];
  for (const { package: name } of held?.binaries ?? []) {
    const others = (owners.get(name) ?? alone).filter((owner) => owner !== source);
    owners.set(name, others.length === 0 ? alone : [...others, source]);
  }
};

/** One that gets more binaries, or others behind it, stands as long as before. */
const sinceWhen = (before: Slot, { present }: Slot, at: Instant | undefined): number | undefined => {
  if (present === undefined) return undefined;
  if (present.version === before.present?.version) return before.since;
  return at === undefined ? undefined : Date.parse(at);
};

const leaving = (before: Slot, after: Slot, { isConfigured }: Shelf): readonly HeldVersion[] => {
  // What comes to a place that was taken away meanwhile stands nowhere.
  if (!isConfigured) return occupants(after);
  const staying = new Set(occupants(after));
  return occupants(before).filter((each) => !staying.has(each));
};

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
