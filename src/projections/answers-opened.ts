import { type BuildId, uploadOfBuild } from '../domain/ids.ts';
import type { BuildStory } from './build-queue.ts';
import { checksOfBuild, isEnded } from './checks.ts';
import { checksWithBuild } from './checks-owed.ts';
import type { World } from './world.ts';

/**
 * Which answers of other instances are still to be opened: what checks there found is told then, and asked nobody else before. Those that an earlier life got, and
 * those that this one began with; after each event only they are looked at, however much is built and not decided about.
 */
export type AnswersOpened = {
  readonly begun: (build: BuildStory) => void;
  readonly opened: (build: BuildStory) => void;
  /** Whether its answer may say more of its checks than is known. */
  readonly isToBeOpened: (build: BuildStory, world: World) => boolean;
  /** All of which it may. */
  readonly toBeOpened: (world: World) => readonly BuildStory[];
};

export const answersOpened = (): AnswersOpened => {
  let left: Set<BuildId> | undefined;
  const leftIn = ({ checks }: World): Set<BuildId> => {
    left ??= new Set(checks.built);
    return left;
  };
  return {
    begun: ({ id }) => void left?.add(id),
    opened: ({ id }) => void left?.delete(id),
    isToBeOpened: (build, world) => leftIn(world).has(build.id) && mayBeCheckedThere(build, world),
    toBeOpened: (world) => {
      const found: BuildStory[] = [];
      for (const id of leftIn(world)) {
        const build = storyOf(id, world);
        // Nobody built it elsewhere, or everything of its upload is over: it is asked about no more.
        if (build === undefined || (build.status === 'built' && build.answer === undefined)) left?.delete(id);
        else if (world.checks.built.has(id) && mayBeCheckedThere(build, world)) found.push(build);
      }
      return found;
    },
  };
};

/** Builds that ended well elsewhere, about which nothing is decided, and of whose checks not all have ended. */
export const builtElsewhereUnchecked = (world: World): readonly BuildStory[] =>
  [...world.checks.built].flatMap((id) => {
    const build = storyOf(id, world);
    return build !== undefined && mayBeCheckedThere(build, world) ? [build] : [];
  });

const storyOf = (id: BuildId, { builds }: World): BuildStory | undefined =>
  builds.ofUpload.get(uploadOfBuild(id))?.get(id);

const mayBeCheckedThere = (build: BuildStory, world: World): boolean => {
  if (build.answer === undefined || build.status !== 'built') return false;
  const ended = new Set(
    checksOfBuild(world.checks, build.id)
      .filter(isEnded)
      .map(({ requested }) => requested.tool),
  );
  return checksWithBuild(build, world).some(({ tool }) => !ended.has(tool));
};
