import type { Configuration } from '../domain/configuration/configuration.ts';
import { parseRelation } from '../domain/debian/relation.ts';
import type { BuildId } from '../domain/ids.ts';
import { awaited, type BuildProgress } from './build-progress.ts';
import { type BuildQueue, type BuildStory, noteFollowers, sourceKey } from './build-queue.ts';
import type { Contents } from './contents.ts';
import { suitesFor } from './dep-wait.ts';
import type { Recorded } from './recorded.ts';
import { lengthOf } from './waiting-builds.ts';

/**
 * Which builds in dep-wait wait for which sources, as far as an earlier version of the source made the packages they wait for. Each open build of such a source
 * knows from here how long a chain hangs on it. Folded in place: ask, do not keep.
 */
export type Followers = {
  /** By repository and source. */
  readonly of: Map<string, Set<BuildId>>;
  readonly waitFor: Map<BuildId, readonly string[]>;
};

export const noFollowers = (): Followers => ({ of: new Map(), waitFor: new Map() });

type Known = {
  readonly builds: BuildQueue;
  readonly configuration: Configuration;
  readonly contents: Contents;
  readonly progress: BuildProgress;
};

/** Chains are no longer than that, unless two wait for each other. */
const mostSteps = 10;
const mostSeconds = 7 * 86_400;

/** `world` after the event. */
export const foldFollowers = (followers: Followers, { event }: Recorded, world: Known): void => {
  switch (event.type) {
    case 'BuildRequested':
      measure(followers, sourceKey(event), world, 0);
      break;
    case 'BuildDepWaited': {
      const build = world.builds.depWait.get(event.build);
      if (build !== undefined) wait(followers, build, world);
      break;
    }
    case 'BuildResumed':
    case 'BuildFailed':
    case 'BuildCancelled':
      leave(followers, event.build, world);
      break;
  }
};

const wait = (followers: Followers, build: BuildStory, world: Known): void => {
  const sources = sourcesAwaited(build, world);
  followers.waitFor.set(build.id, sources);
  for (const source of sources) {
    followers.of.set(source, (followers.of.get(source) ?? new Set()).add(build.id));
    measure(followers, source, world, 0);
  }
};

const leave = (followers: Followers, build: BuildId, world: Known): void => {
  for (const source of followers.waitFor.get(build) ?? []) {
    const others = followers.of.get(source);
    others?.delete(build);
    if (others?.size === 0) followers.of.delete(source);
    measure(followers, source, world, 0);
  }
  followers.waitFor.delete(build);
};

const sourcesAwaited = ({ depWait, requested }: BuildStory, world: Known): readonly string[] => {
  const suites = suitesFor(requested, world.configuration);
  const packages = (depWait?.waitsFor ?? []).flatMap((relation) => parseRelation(relation) ?? []);
  const owners = packages.flatMap((wanted) =>
    suites.flatMap((suite) => world.contents.shelves.get(suite)?.owners.get(wanted.package) ?? []),
  );
  return [...new Set(owners.map((source) => sourceKey({ ...requested, source })))];
};

/** How long a chain hangs on each open build of a source; and so on up the chain, where those wait for something themselves. */
const measure = (followers: Followers, source: string, world: Known, steps: number): void => {
  const waiting = followers.of.get(source);
  const { ofSource, open } = world.builds;
  for (const id of ofSource.get(source) ?? []) {
    const build = open.get(id);
    if (build === undefined) continue;
    const longest = waiting === undefined ? 0 : longestOf(waiting, build, world);
    if (longest === build.followers) continue;
    noteFollowers(world.builds, build, longest);
    if (steps < mostSteps)
      for (const next of followers.waitFor.get(id) ?? []) measure(followers, next, world, steps + 1);
  }
};

const longestOf = (waiting: ReadonlySet<BuildId>, build: BuildStory, { builds, progress }: Known): number => {
  const { architecture, upload } = build.requested;
  const accepted = progress.uploads.get(upload)?.accepted;
  const holdsAll = accepted !== undefined && awaited(accepted).includes(architecture);
  let longest = 0;
  for (const id of waiting) {
    const other = builds.depWait.get(id);
    if (other === undefined || other.requested.upload === upload) continue;
    if (holdsAll || other.requested.architecture === architecture) longest = Math.max(longest, lengthOf(other));
  }
  return Math.min(longest, mostSeconds);
};
