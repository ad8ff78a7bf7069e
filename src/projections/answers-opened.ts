import { type BuildId, uploadOfBuild } from '../domain/ids.ts';
import type { BuildStory } from './build-queue.ts';
import { checksOfBuild, isEnded } from './checks.ts';
import { checksWithBuild } from './checks-owed.ts';
import type { World } from './world.ts';

/** Which answers of other instances this life has opened: what checks there found is told then, and asked nobody else before. */
export type AnswersOpened = {
  readonly opened: (build: BuildStory) => void;
  /** Whether its answer may say more of its checks than is known. */
  readonly isToBeOpened: (build: BuildStory, world: World) => boolean;
  /** All of which it may. Asked after each event: what was opened is passed over first. */
  readonly toBeOpened: (world: World) => readonly BuildStory[];
};

/** Whoever was opened longer ago has been decided about. */
const mostKnown = 10_000;

export const answersOpened = (): AnswersOpened => {
  /** By build, the attempt that was answered. */
  const known = new Map<BuildId, number>();
  const isToBeOpened = (build: BuildStory, world: World): boolean =>
    known.get(build.id) !== build.attempts && mayBeCheckedThere(build, world);
  return {
    opened: ({ id, attempts }) => {
      known.set(id, attempts);
      const [oldest] = known.keys();
      if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
    },
    isToBeOpened,
    toBeOpened: (world) => built(world).filter((build) => isToBeOpened(build, world)),
  };
};

/** Builds that ended well elsewhere, about which nothing is decided, and of whose checks not all have ended. */
export const builtElsewhereUnchecked = (world: World): readonly BuildStory[] =>
  built(world).filter((build) => mayBeCheckedThere(build, world));

const built = ({ checks, builds }: World): readonly BuildStory[] => {
  const found: BuildStory[] = [];
  for (const id of checks.built) {
    const build = builds.ofUpload.get(uploadOfBuild(id))?.get(id);
    if (build !== undefined) found.push(build);
  }
  return found;
};

const mayBeCheckedThere = (build: BuildStory, world: World): boolean => {
  if (build.answer === undefined || build.status !== 'built') return false;
  const ended = new Set(
    checksOfBuild(world.checks, build.id)
      .filter(isEnded)
      .map(({ requested }) => requested.tool),
  );
  return checksWithBuild(build, world).some(({ tool }) => !ended.has(tool));
};
