import type { Configuration } from '../domain/configuration/configuration.ts';
import type { Architecture } from '../domain/debian/names.ts';
import { parseRelation } from '../domain/debian/relation.ts';
import { type BuildId, buildId, uploadOfBuild } from '../domain/ids.ts';
import { awaited, type BuildProgress } from './build-progress.ts';
import { type BuildQueue, type BuildStory, buildsOf, noteFollowers, sourceKey } from './build-queue.ts';
import type { Contents } from './contents.ts';
import { suitesFor } from './dep-wait.ts';
import { forgetLength, type Longest, longestBut, noneLong, noteLength, summitOf } from './longest.ts';
import type { Recorded } from './recorded.ts';
import { lengthOf } from './waiting-builds.ts';

/**
 * Which builds in dep-wait wait for which sources, as far as an earlier version of the source made the packages they wait for. Each open build of such a source
 * knows from here how long a chain hangs on it. Folded in place: ask, do not keep.
 */
export type Followers = {
  /** How long each takes that waits, by repository and source and then by architecture. */
  readonly of: Map<string, Map<Architecture, Longest<BuildId>>>;
  readonly waitFor: Map<BuildId, Waits>;
};

type Waits = { readonly architecture: Architecture; readonly sources: readonly string[] };

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
    case 'BuildRequested': {
      const build = world.builds.open.get(event.build);
      if (build !== undefined) measure(followers, build, world);
      break;
    }
    case 'BuildDepWaited': {
      leave(followers, event.build, world);
      const build = world.builds.depWait.get(event.build);
      if (build !== undefined) wait(followers, build, world);
      break;
    }
    case 'BuildSucceeded':
      learn(followers, event.build, world);
      break;
    case 'BuildResumed':
    case 'BuildFailed':
    case 'BuildCancelled':
    case 'BuildSkipped':
    case 'BuildAdopted':
      leave(followers, event.build, world);
      break;
  }
};

const wait = (followers: Followers, build: BuildStory, world: Known): void => {
  const { architecture } = build.requested;
  followers.waitFor.set(build.id, { architecture, sources: sourcesAwaited(build, world) });
  spread(followers, place(followers, build), world);
};

const leave = (followers: Followers, build: BuildId, world: Known): void => {
  const changed = changeEach(followers, build, (others) => forgetLength(others, build));
  followers.waitFor.delete(build);
  spread(followers, changed, world);
};

/** Of builds of its upload that wait it may be known better now how long they take. */
const learn = (followers: Followers, build: BuildId, world: Known): void => {
  for (const sibling of buildsOf(world.builds, uploadOfBuild(build))) {
    if (followers.waitFor.has(sibling.id)) spread(followers, place(followers, sibling), world);
  }
};

const sourcesAwaited = ({ depWait, requested }: BuildStory, world: Known): readonly string[] => {
  const suites = suitesFor(requested, world.configuration);
  const packages = (depWait?.waitsFor ?? []).flatMap((relation) => parseRelation(relation) ?? []);
  const owners = packages.flatMap((wanted) =>
    suites.flatMap((suite) => world.contents.shelves.get(suite)?.owners.get(wanted.package) ?? []),
  );
  return [...new Set(owners.map((source) => sourceKey({ ...requested, source })))];
};

/** Among those that wait for the same; answers the sources of which the longest is another one by that. */
const place = (followers: Followers, build: BuildStory): readonly string[] =>
  changeEach(followers, build.id, (others) => noteLength(others, build.id, lengthOf(build)));

const changeEach = (
  { of, waitFor }: Followers,
  build: BuildId,
  change: (others: Longest<BuildId>) => void,
): readonly string[] => {
  const waits = waitFor.get(build);
  if (waits === undefined) return [];
  const { architecture, sources } = waits;
  return sources.filter((source) => {
    const onAll = of.get(source) ?? new Map<Architecture, Longest<BuildId>>();
    const others = onAll.get(architecture) ?? noneLong<BuildId>();
    const before = summitOf(others);
    change(others);
    if (others.heap.length > 0) of.set(source, onAll.set(architecture, others));
    else if (onAll.delete(architecture) && onAll.size === 0) of.delete(source);
    return summitOf(others) !== before;
  });
};

/** Measures the builds of sources of which the longest follower changed; and so on up the chain, where those wait for something themselves. */
const spread = (followers: Followers, sources: readonly string[], world: Known): void => {
  const { ofSource, open } = world.builds;
  let changed: ReadonlySet<string> = new Set(sources);
  for (let steps = 0; steps <= mostSteps && changed.size > 0; steps += 1) {
    const next = new Set<string>();
    for (const id of [...changed].flatMap((source) => [...(ofSource.get(source) ?? [])])) {
      const build = open.get(id);
      const longer = build && measure(followers, build, world);
      for (const source of longer === undefined ? [] : place(followers, longer)) next.add(source);
    }
    changed = next;
  }
};

/** Notes how long a chain hangs on an open build; answers it where that is not what it was. */
const measure = (followers: Followers, build: BuildStory, world: Known): BuildStory | undefined => {
  const waiting = followers.of.get(sourceKey(build.requested));
  const longest = waiting === undefined ? 0 : longestOf(waiting, build, world);
  if (longest === build.followers) return undefined;
  noteFollowers(world.builds, build, longest);
  return world.builds.open.get(build.id);
};

/** What waits in the same upload waits for something else. */
const longestOf = (
  waiting: ReadonlyMap<Architecture, Longest<BuildId>>,
  { requested: { architecture, upload } }: BuildStory,
  { progress }: Known,
): number => {
  const accepted = progress.uploads.get(upload)?.accepted;
  const holdsAll = accepted !== undefined && awaited(accepted).includes(architecture);
  let longest = 0;
  for (const [on, others] of waiting) {
    if (holdsAll || on === architecture) longest = Math.max(longest, longestBut(others, buildId(upload, on)));
  }
  return Math.min(longest, mostSeconds);
};
