import type { DistributionName } from '../domain/debian/distribution.ts';
import type { Architecture } from '../domain/debian/names.ts';
import type { BuildId } from '../domain/ids.ts';
import type { Position } from '../ports/event-log.ts';

/** A build as far as its place in the queue goes. */
type Waiting = {
  readonly id: BuildId;
  /** Higher goes first. */
  readonly priority: number;
  /** Where the log says that it was requested: among equals the earliest goes first. */
  readonly requestedIn: Position;
  readonly requested: { readonly distribution: DistributionName; readonly architecture: Architecture };
};

/**
 * What waits for a builder, in lanes: builds for one distribution and architecture, for which the same builders come into question, in the order in which
 * they are taken. Kept as events come, so that whoever has room looks at the heads of lanes and not at all that waits.
 */
export type WaitingBuilds<Build extends Waiting> = Map<string, Build[]>;

export const inTurn = (one: Waiting, other: Waiting): number =>
  other.priority - one.priority ||
  (one.requestedIn < other.requestedIn ? -1 : Number(one.requestedIn !== other.requestedIn));

/** Takes out what waited before, and puts in what waits now. */
export const rearrange = <Build extends Waiting>(
  lanes: WaitingBuilds<Build>,
  before: Build | undefined,
  now: Build | undefined,
): void => {
  if (before !== undefined) {
    const lane = lanes.get(laneOf(before)) ?? [];
    const place = placeIn(lane, before);
    if (lane[place]?.id === before.id) lane.splice(place, 1);
    if (lane.length === 0) lanes.delete(laneOf(before));
  }
  if (now !== undefined) {
    const lane = lanes.get(laneOf(now)) ?? [];
    lane.splice(placeIn(lane, now), 0, now);
    lanes.set(laneOf(now), lane);
  }
};

export const laneOf = ({ requested: { distribution, architecture } }: Waiting): string =>
  `${distribution} ${architecture}`;

/** Where it stands, or would stand. Mostly at the end: what comes last is taken last. */
const placeIn = (lane: readonly Waiting[], build: Waiting): number => {
  const last = lane.at(-1);
  if (last === undefined || inTurn(last, build) < 0) return lane.length;
  let [low, high] = [0, lane.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = lane[middle];
    if (there !== undefined && inTurn(there, build) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * Goes through lanes in the order of the queue, as far as somebody asks. A lane is left as soon as nobody has room for what is in it: `isOpen` is asked with its
 * first build before each step.
 */
export function* inOrder<Build extends Waiting>(
  lanes: Iterable<readonly Build[]>,
  isOpen: (first: Build) => boolean = () => true,
): Generator<Build> {
  let heads = [...lanes].map((lane) => ({ lane, at: 0 }));
  for (;;) {
    heads = heads.filter(({ lane: [first], lane, at }) => first !== undefined && at < lane.length && isOpen(first));
    const next = heads.reduce<(typeof heads)[number] | undefined>((best, each) => {
      const [one, other] = [best?.lane[best.at], each.lane[each.at]];
      return one === undefined || (other !== undefined && inTurn(other, one) < 0) ? each : best;
    }, undefined);
    const build = next?.lane[next.at];
    if (next === undefined || build === undefined) return;
    next.at += 1;
    yield build;
  }
}
