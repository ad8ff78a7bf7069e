import type { Step } from '../domain/archive/events.ts';
import type { Owned } from '../domain/archive/obstacles.ts';
import { eventOf, placeOf } from '../domain/archive/steps.ts';
import type { ChangePlanned, Member } from '../domain/change/events.ts';
import { type DistributionName, distributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { SourceName } from '../domain/debian/names.ts';
import { type Contents, changeContents, ownedElsewhere, type Slot, slotOf } from './contents.ts';
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
  /** Contents as they would be. */
  readonly contents: Contents;
  readonly steps: readonly Tried[];
  /** By member: what another source has where it would come to be. */
  readonly owned: ReadonlyMap<SourceName, Owned['ownedElsewhere']>;
};

type Change = Pick<ChangePlanned, 'repository' | 'members'>;

/** What a change would make of contents, tried on a copy of what it touches. */
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

/** Shares what the change leaves alone. */
const copyOf = (contents: Contents, { repository, members }: Change): Contents => {
  const shelves = new Map(contents.shelves);
  const packages = new Map(contents.packages);
  for (const { source, steps } of members) {
    const story = packages.get(`${repository} ${source}`);
    if (story !== undefined) packages.set(`${repository} ${source}`, { ...story });
    for (const name of steps.map(suiteOf)) {
      const shelf = contents.shelves.get(name);
      if (shelf !== undefined && shelves.get(name) === shelf)
        shelves.set(name, { ...shelf, slots: new Map(shelf.slots), owners: new Map(shelf.owners), trail: newTrail() });
    }
  }
  return { ...contents, shelves, packages };
};

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
