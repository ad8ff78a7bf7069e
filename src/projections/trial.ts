import type { Step } from '../domain/archive/events.ts';
import type { Owned } from '../domain/archive/obstacles.ts';
import { eventOf, placeOf } from '../domain/archive/steps.ts';
import type { ChangePlanned, Member } from '../domain/change/events.ts';
import { type DistributionName, distributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId, SourceName } from '../domain/debian/names.ts';
import { type Contents, occupants, ownedElsewhere, type Shelf, type Slot, slotOf, versionOf } from './contents.ts';
import { changeContents } from './fold-contents.ts';
import { newTrail } from './trail.ts';
import type { World } from './world.ts';

/** One step, and the slot it changes. */
export type Tried = {
  readonly source: SourceName;
  readonly step: Step;
  /** The suite, also when the step is about one of its rollbacks. */
  readonly distribution: DistributionName;
  readonly before: Slot;
  readonly after: Slot;
};

export type Trial = {
  /** Contents as they would be, of its members alone. */
  readonly contents: Contents;
  readonly steps: readonly Tried[];
  /** By member: what another source has where it would come to be. */
  readonly owned: ReadonlyMap<SourceName, Owned['ownedElsewhere']>;
};

type Change = Pick<ChangePlanned, 'repository' | 'members'>;

/** What a change would make of contents, tried on a copy of its members. */
export const tryChange = (
  { contents, configuration }: Pick<World, 'contents' | 'configuration'>,
  change: Change,
): Trial => {
  const { repository, members } = change;
  const after = copyOf(contents, change);
  const steps = members.flatMap(({ source, steps }) =>
    steps.map((step): Tried => {
      const distribution = suiteOf(step);
      const before = slotOf(after, distribution, source);
      changeContents(after, eventOf(step, { repository, source, change: null }), configuration, undefined);
      return { source, step, distribution, before, after: slotOf(after, distribution, source) };
    }),
  );
  return {
    contents: after,
    steps,
    owned: new Map(members.map((each) => [each.source, ownedOf(each, members, contents, after)])),
  };
};

const suiteOf = (step: Step): DistributionName => {
  const { rollback, ...suite } = parseDistribution(placeOf(step));
  return distributionName(suite);
};

/** Of its members alone: a change costs what it touches, however much there is beside it. */
const copyOf = (contents: Contents, { repository, members }: Change): Contents => {
  const shelves = new Map<DistributionName, Shelf>();
  const binaries = members.flatMap((member) => binariesOf(contents, repository, member));
  for (const [name, shelf] of contents.shelves) {
    const slots = new Map(members.flatMap(({ source }) => entryOf(shelf.slots, source)));
    if (slots.size === 0 && !members.some(({ steps }) => steps.some((step) => suiteOf(step) === name))) continue;
    const owners = new Map(binaries.flatMap((binary) => entryOf(shelf.owners, binary)));
    shelves.set(name, { ...shelf, slots, owners, tally: { ...shelf.tally }, trail: newTrail() });
  }
  const packages = new Map(
    members
      .flatMap(({ source }) => entryOf(contents.packages, `${repository} ${source}`))
      .map(([key, story]) => [key, { ...story }]),
  );
  return { ...contents, shelves, packages, tallies: new Map() };
};

const entryOf = <Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): readonly (readonly [Key, Value])[] => {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
};

/** Names of all binary packages that its steps may bring to a place, or take from it. */
const binariesOf = (contents: Contents, repository: RepositoryId, { source, steps }: Member): readonly string[] => {
  const installed = steps.map(({ version }) => versionOf(contents, repository, source, version));
  // One version may stand with others here than there, where a binNMU was.
  const standing = [...contents.shelves.values()].flatMap(({ slots }) => occupants(slots.get(source) ?? noSlot));
  const all = [...installed, ...standing].flatMap((held) => held?.binaries.map((binary) => binary.package) ?? []);
  return [...new Set(all)];
};

const noSlot: Slot = { present: undefined, earlier: [] };

/** Members may hand binary packages to each other: only what others have, or two of them would have, is in the way. */
const ownedOf = (
  { source, steps }: Member,
  members: readonly Member[],
  before: Contents,
  after: Contents,
): Owned['ownedElsewhere'] => {
  const change = new Set(members.map((member) => member.source));
  return [...new Set(steps.map(suiteOf))].flatMap((name) => {
    const packages = (slotOf(after, name, source).present?.binaries ?? []).map((binary) => binary.package);
    const others = ownedElsewhere(before, name, source, packages).filter((owned) => !change.has(owned.source));
    return [...others, ...ownedElsewhere(after, name, source, packages)];
  });
};
