import { type BuildStory, claims } from './build-queue.ts';
import { type Candidate, placesOf } from './candidates.ts';
import { type Lane, lengthOf } from './waiting-builds.ts';
import type { World } from './world.ts';

/**
 * Which builds pass others. A build that takes about as long, with what waits for it, as everything that waits for its builders would, begun in its turn, end long
 * after all else, and every other machine would stand idle. So it is begun when what is left is down to its own length; as long as more is left it keeps its place.
 */
export type Hurry = {
  readonly of: (build: BuildStory, lane: Lane<BuildStory>) => boolean;
  /** Notes that a builder is given it. */
  readonly given: (build: BuildStory, builder: string) => void;
  readonly inWords: (build: BuildStory, lane: Lane<BuildStory>) => string;
};

/** Begun when so many times its own length is left: times of earlier builds are no promise. */
const margin = 1.3;
/** Of the places that fit, the others always go by the order of the queue: whoever waits is passed, and never starves. */
const shareOfPlaces = 0.5;

type BuildersFor = (lane: Lane<BuildStory>) => readonly Candidate[];

export const hurryIn = (world: World, buildersFor: BuildersFor): Hurry => {
  const given: { readonly build: BuildStory; readonly builder: string }[] = [];
  const leftIn = leftBefore(world, buildersFor);
  const isLong = (build: BuildStory, lane: Lane<BuildStory>): boolean => lengthOf(build) * margin >= leftIn(lane);
  /** How many of them run, or are about to. */
  const longAt = (builders: readonly Candidate[], lane: Lane<BuildStory>): number => {
    const names = new Set(builders.map(({ builder }) => builder));
    const now = given.filter(({ build, builder }) => names.has(builder) && isLong(build, lane)).length;
    return builders.reduce(
      (sum, { builder }) => sum + claims(world.builds, builder).filter((build) => isLong(build, lane)).length,
      now,
    );
  };
  return {
    of: (build, lane) => {
      if (lengthOf(build) === 0) return false;
      const builders = buildersFor(lane);
      const most = Math.floor(placesOf(builders) * shareOfPlaces);
      return most > 0 && isLong(build, lane) && longAt(builders, lane) < most;
    },
    given: (build, builder) => void given.push({ build, builder }),
    inWords: (build, lane) => {
      const others = build.followers > 0 ? ' with those that wait for it' : '';
      const all = `all that waits there takes ${minutes(leftIn(lane))}`;
      return `it passes older ones, since it may take ${minutes(lengthOf(build))}${others}, and ${all}`;
    },
  };
};

/**
 * How long the builders of a lane are busy with what waits for them, in seconds: each lane spreads over all places that fit. What waits for dependencies, or runs
 * already, is not counted.
 */
const leftBefore = (world: World, buildersFor: BuildersFor): ((lane: Lane<BuildStory>) => number) => {
  let backlog: ReadonlyMap<Candidate, number> | undefined;
  const known = new Map<Lane<BuildStory>, number>();
  const ask = (lane: Lane<BuildStory>): number => {
    backlog ??= backlogs(world, buildersFor);
    const builders = buildersFor(lane);
    return builders.reduce((sum, each) => sum + (backlog?.get(each) ?? 0) * each.room, 0) / placesOf(builders);
  };
  return (lane) => {
    const left = known.get(lane) ?? ask(lane);
    known.set(lane, left);
    return left;
  };
};

const backlogs = ({ builds }: World, buildersFor: BuildersFor): ReadonlyMap<Candidate, number> => {
  const backlog = new Map<Candidate, number>();
  for (const lane of builds.waiting.values()) {
    const builders = buildersFor(lane);
    const each = lane.seconds / placesOf(builders);
    for (const builder of builders) backlog.set(builder, (backlog.get(builder) ?? 0) + each);
  }
  return backlog;
};

const minutes = (seconds: number): string => `${Math.max(1, Math.round(seconds / 60))} minutes`;
