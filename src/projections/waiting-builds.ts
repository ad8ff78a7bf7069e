import type { DistributionName } from '../domain/debian/distribution.ts';
import type { Architecture } from '../domain/debian/names.ts';
import type { BuildId } from '../domain/ids.ts';
import type { Position } from '../ports/event-log.ts';
import type { Expected } from './build-durations.ts';

/** A build as far as its place in the queue goes. */
type Waiting = {
  readonly id: BuildId;
  /** Higher goes first. */
  readonly priority: number;
  /** Where the log says that it was requested: among equals the earliest goes first. */
  readonly requestedIn: Position;
  readonly requested: { readonly distribution: DistributionName; readonly architecture: Architecture };
  /** Not every builder knows what that is. */
  readonly isBinNmu: boolean;
  /** How long it may take, as far as that is known. */
  readonly expected: Expected | undefined;
  /** How long those take, one after the other, that wait for what it builds, in seconds. */
  readonly followers: number;
};

/** Builds for one distribution and architecture, binNMUs or others, for which the same builders come into question. */
export type Lane<Build> = {
  readonly name: string;
  /** In the order in which they are taken. */
  readonly inTurn: Build[];
  /** The same, of one priority the longest first. */
  readonly longest: Build[];
  /** What all of them take together, as far as that is known. */
  seconds: number;
};

/** What waits for a builder, kept as events come, so that whoever has room looks at the heads of lanes and not at all that waits. */
export type WaitingBuilds<Build extends Waiting> = Map<string, Lane<Build>>;

type Order = (one: Waiting, other: Waiting) => number;

export const inTurn: Order = (one, other) =>
  other.priority - one.priority ||
  (one.requestedIn < other.requestedIn ? -1 : Number(one.requestedIn !== other.requestedIn));

const longestFirst: Order = (one, other) =>
  other.priority - one.priority || lengthOf(other) - lengthOf(one) || inTurn(one, other);

/** How long it may take until it and all that waits for it has ended, in seconds. */
export const lengthOf = ({ expected, followers }: Pick<Waiting, 'expected' | 'followers'>): number =>
  (expected?.atMost ?? 0) + followers;

/** Takes out what waited before, and puts in what waits now. */
export const rearrange = <Build extends Waiting>(
  lanes: WaitingBuilds<Build>,
  before: Build | undefined,
  now: Build | undefined,
): void => {
  const lane = before && lanes.get(laneOf(before));
  if (before !== undefined && lane !== undefined) {
    takeOut(lane.inTurn, before, inTurn);
    takeOut(lane.longest, before, longestFirst);
    lane.seconds -= before.expected?.seconds ?? 0;
    if (now === undefined && lane.inTurn.length === 0) lanes.delete(lane.name);
  }
  if (now !== undefined) {
    const name = laneOf(now);
    const there = lanes.get(name) ?? { name, inTurn: [], longest: [], seconds: 0 };
    there.inTurn.splice(placeIn(there.inTurn, now, inTurn), 0, now);
    there.longest.splice(placeIn(there.longest, now, longestFirst), 0, now);
    there.seconds += now.expected?.seconds ?? 0;
    lanes.set(name, there);
  }
};

export const laneOf = ({ requested, isBinNmu }: Pick<Waiting, 'requested' | 'isBinNmu'>): string =>
  `${requested.distribution} ${requested.architecture}${isBinNmu ? ' binNMU' : ''}`;

const takeOut = <Build extends Waiting>(builds: Build[], build: Build, order: Order): void => {
  const place = placeIn(builds, build, order);
  if (builds[place]?.id === build.id) builds.splice(place, 1);
};

/** Where it stands, or would stand. Mostly at the end: what comes last is taken last. */
const placeIn = (builds: readonly Waiting[], build: Waiting, order: Order): number => {
  const last = builds.at(-1);
  if (last === undefined || order(last, build) < 0) return builds.length;
  let [low, high] = [0, builds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = builds[middle];
    if (there !== undefined && order(there, build) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** What goes next, and whether it passes others that were there before. */
export type Next<Build> = { readonly build: Build; readonly lane: Lane<Build>; readonly passes: boolean };

/**
 * Goes through lanes in the order of the queue, as far as somebody asks. A lane is left as soon as nobody has room for what is in it: `isOpen` is asked before each
 * step. The longest build of a lane may pass others of its priority if it `hurries`.
 */
export function* inOrder<Build extends Waiting>(
  lanes: Iterable<Lane<Build>>,
  isOpen: (lane: Lane<Build>) => boolean = () => true,
  hurries: (build: Build, lane: Lane<Build>) => boolean = () => false,
): Generator<Next<Build>> {
  const gone = new Set<BuildId>();
  let heads = [...lanes].map((lane) => ({ lane, inTurn: line(lane.inTurn, gone), longest: line(lane.longest, gone) }));
  for (;;) {
    heads = heads.filter((head) => head.inTurn() !== undefined && isOpen(head.lane));
    const first = foremost(heads);
    if (first === undefined) return;
    const long = heads.find(({ lane, longest }) => {
      const build = longest();
      return build !== undefined && build.priority === first.build.priority && hurries(build, lane);
    });
    const build = long?.longest() ?? first.build;
    gone.add(build.id);
    yield { build, lane: long?.lane ?? first.lane, passes: build !== first.build };
  }
}

/** Asks for the first that is not gone, again and again. */
const line = <Build extends Waiting>(
  builds: readonly Build[],
  gone: ReadonlySet<BuildId>,
): (() => Build | undefined) => {
  let at = 0;
  return () => {
    for (;;) {
      const build = builds[at];
      if (build === undefined || !gone.has(build.id)) return build;
      at += 1;
    }
  };
};

const foremost = <Build extends Waiting>(
  heads: readonly { readonly lane: Lane<Build>; readonly inTurn: () => Build | undefined }[],
): { readonly lane: Lane<Build>; readonly build: Build } | undefined => {
  let first: { readonly lane: Lane<Build>; readonly build: Build } | undefined;
  for (const { lane, inTurn: next } of heads) {
    const build = next();
    if (build !== undefined && (first === undefined || inTurn(build, first.build) < 0)) first = { lane, build };
  }
  return first;
};
