import { parseDistribution } from '../domain/debian/distribution.ts';
import type { Architecture } from '../domain/debian/names.ts';
import type { BuildId } from '../domain/ids.ts';
import { toTheMinute } from '../domain/moment.ts';
import { type BuildStory, claims, waiting } from './build-queue.ts';
import { requestsIn } from './buildrequests.ts';
import { addedNodes, type NodeStory, noRoomAt } from './nodes.ts';
import { type Called, isPreferred, preferenceInWords, preferred } from './preference.ts';
import { addedRemotes, type RemoteStory } from './remotes.ts';
import { templateFor } from './templates.ts';
import type { World } from './world.ts';

/** A builder as assignment sees it: what it is called, and how many builds it runs at once. */
export type Place = Called & {
  readonly room: number;
  /** Those it makes chroots for; undefined: all that are configured. */
  readonly architectures?: readonly Architecture[] | undefined;
};

/** Builds that `builder` runs or is about to run, those for other instances among them. */
export const load = ({ builds, buildrequests }: World, { builder }: Place): number =>
  claims(builds, builder).length + requestsIn(buildrequests, 'building').length;

/** What a person asks first: why is it not running? */
export const whyWaiting = (build: BuildStory, world: World, place: Place): string => {
  if (build.depWait !== undefined && build.status === 'dep-wait') {
    return `dep-wait on ${build.depWait.waitsFor.join(', ')}, until ${toTheMinute(build.depWait.until)} at the longest`;
  }
  if (world.engine === 'stopped') return 'the engine is stopped';
  const others = elsewhere(build, world);
  const whereElse = `it is next where there is a place: ${others}${withoutRoom(build, world)}`;
  const here = obstacle(build, world, place);
  if (here !== undefined) return others === '' ? `${here}${tooOld(build, world)}` : whereElse;
  if (place.room === 0)
    return others === '' ? `nothing is built on ${place.builder}, and no other builder fits` : whereElse;
  return load(world, place) >= place.room ? `all ${place.room} places of ${place.builder} are taken` : 'it is next';
};

/** Whether a node or an active remote says that it could build it, also one that is silent just now. */
export const fitsElsewhere = (build: BuildStory, world: World): boolean => elsewhere(build, world) !== '';

/** Nodes, and active remotes that say that they could build it. */
const elsewhere = (build: BuildStory, world: World): string => {
  if (undistributed(build, world) !== undefined) return '';
  const nodes = nodesWith(build, world).map(({ node, process }) =>
    called(node, process === undefined && 'stopped', build),
  );
  const remotes = addedRemotes(world.remotes)
    .filter((remote) => isTakenBy(build, remote, world))
    .map(({ remote, state }) => called(remote, state === 'lost' && 'lost', build));
  return [...nodes, ...remotes].join(', ');
};

const nodesWith = (build: BuildStory, world: World): readonly NodeStory[] =>
  addedNodes(world.nodes)
    .filter(({ node }) => isPreferred(preferred(build, world), { builder: node, tags: [] }))
    .filter(({ templates }) => templateFor(templates.builds, build.requested).prepared !== undefined);

/** A name, with why it is not there, or not for this build. */
const called = (name: string, away: string | false, build: BuildStory): string => {
  const lost = build.lostBy.get(name);
  if (away !== false) return `${name} (${away})`;
  return lost === undefined ? name : `${name} (lost it at ${toTheMinute(lost.at)}, and not again for an hour)`;
};

/** What nodes lack that would build it, and who lost it last, and why. */
const withoutRoom = (build: BuildStory, world: World): string => {
  const full = nodesWith(build, world).flatMap(({ node, process }) =>
    process?.full === undefined ? [] : [`; ${noRoomAt(node, process.full)}; free space there`],
  );
  return `${full.join('')}${build.lostBy.size === 0 || build.because === undefined ? '' : `; ${build.because}`}`;
};

/** Who would build it, and does not know what a binNMU is. */
const tooOld = (build: BuildStory, world: World): string => {
  const names = addedRemotes(world.remotes)
    .filter((remote) => !remote.binNmus && isTakenBy({ ...build, isBinNmu: false }, remote, world))
    .map(({ remote }) => remote);
  return names.length === 0
    ? ''
    : `; ${names.join(', ')} has one and is too old to know what a binNMU is: upgrade mini-buildd there`;
};

/** Whether a remote is active, builds for that architecture, knows what a binNMU is if it is one, and is given builds of that repository, which does not prefer others. */
export const isTakenBy = (
  build: BuildStory,
  { remote, active, repositories, tags, chroots, binNmus }: RemoteStory,
  world: World,
): boolean =>
  active &&
  (binNmus || !build.isBinNmu) &&
  isPreferred(preferred(build, world), { builder: remote, tags }) &&
  (repositories.length === 0 || repositories.includes(parseDistribution(build.requested.distribution).repository)) &&
  chroots.some(
    ({ codename, architecture }) =>
      codename === build.requested.codename && architecture === build.requested.architecture,
  );

/** Everything that has to wait: the queue in its order, and then what is in dep-wait. */
export const held = ({ builds }: World): readonly BuildStory[] => [...waiting(builds), ...builds.depWait.values()];

/** The place of each waiting build in the queue, from 1. What is in dep-wait has none. */
export const queuePlaces = ({ builds }: World): ReadonlyMap<BuildId, number> =>
  new Map(waiting(builds).map(({ id }, index) => [id, index + 1]));

/** The same for a line of text. */
export const inQueue = (position: number | null): string =>
  position === null ? '' : ` (number ${position} in the queue)`;

/** Why nobody can build it: where it is for is not there any more. */
export const undistributed = ({ requested }: BuildStory, { configuration }: World): string | undefined => {
  const { repository: id, codename, suite } = parseDistribution(requested.distribution);
  const repository = configuration.repositories.get(id);
  if (repository === undefined) return `repository ${id} is not configured any more`;
  if (!repository.codenames.includes(codename) || !configuration.distributions.has(codename)) {
    return `repository ${id} has no distribution ${codename} any more`;
  }
  const suites = configuration.layouts.get(repository.layout)?.suites ?? [];
  if (!suites.some((each) => each.suite === suite)) return `repository ${id} has no suite ${suite} any more`;
  return undefined;
};

/** Why a build cannot be built here, whatever the load; `undefined` when it can. */
export const obstacle = (build: BuildStory, world: World, here: Called): string | undefined => {
  const { requested } = build;
  const gone = undistributed(build, world);
  if (gone !== undefined) return gone;
  const names = preferred(build, world);
  if (!isPreferred(names, here)) return `${here.builder} is not wanted for it${preferenceInWords(build, names)}`;
  const { templates } = world;
  const { chroot, prepared, failed } = templateFor(templates, requested);
  const name = `${requested.codename}/${requested.architecture}`;
  if (chroot === undefined) return `no builder has a chroot for ${name}`;
  if (prepared !== undefined) return undefined;
  return failed === undefined
    ? `the chroot for ${name} is being prepared`
    : `the chroot for ${name} could not be prepared (${failed.stage}: ${failed.fact})`;
};
