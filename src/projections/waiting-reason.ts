import { parseDistribution } from '../domain/debian/distribution.ts';
import type { BuildId } from '../domain/ids.ts';
import { assignedTo, type BuildStory, firstWaiting, running, waiting } from './build-queue.ts';
import { templateFor } from './templates.ts';
import type { World } from './world.ts';

/** A builder as assignment sees it: its name, and how many builds it runs at once. */
export type Place = { readonly builder: string; readonly room: number };

/** Builds that `place` may take now, in the order of the queue. */
export const assignable = (world: World, place: Place): readonly BuildStory[] => {
  if (world.engine === 'stopped') return [];
  return firstWaiting(world.builds, place.room - load(world, place), (build) => obstacle(build, world) === undefined);
};

/** Builds that `builder` runs or is about to run. */
export const load = ({ builds }: World, { builder }: Place): number =>
  running(builds, builder).length + assignedTo(builds, builder).length;

/** What a person asks first: why is it not running? */
export const whyWaiting = (build: BuildStory, world: World, place: Place): string => {
  if (build.depWait !== undefined && build.status === 'dep-wait') {
    return `dep-wait on ${build.depWait.waitsFor.join(', ')}, until ${build.depWait.until} at the longest`;
  }
  if (world.engine === 'stopped') return 'the engine is stopped';
  return (
    obstacle(build, world) ??
    (load(world, place) >= place.room ? `all ${place.room} places of ${place.builder} are taken` : 'it is next')
  );
};

/** Everything that has to wait: the queue in its order, and then what is in dep-wait. */
export const held = ({ builds }: World): readonly BuildStory[] => [...waiting(builds), ...builds.depWait.values()];

/** The place of each waiting build in the queue, from 1. What is in dep-wait has none. */
export const queuePlaces = ({ builds }: World): ReadonlyMap<BuildId, number> =>
  new Map(waiting(builds).map(({ id }, index) => [id, index + 1]));

/** The same for a line of text. */
export const inQueue = (position: number | null): string =>
  position === null ? '' : ` (number ${position} in the queue)`;

/** Why a build cannot be assigned, whatever the load; `undefined` when it can. */
const obstacle = ({ requested }: BuildStory, { templates, configuration }: World): string | undefined => {
  const { repository: id, codename } = parseDistribution(requested.distribution);
  const repository = configuration.repositories.get(id);
  if (repository === undefined) return `repository ${id} is not configured any more`;
  if (!repository.codenames.includes(codename) || !configuration.distributions.has(codename)) {
    return `repository ${id} has no distribution ${codename} any more`;
  }
  const { chroot, prepared, failed } = templateFor(templates, requested);
  const name = `${requested.codename}/${requested.architecture}`;
  if (chroot === undefined) return `no builder has a chroot for ${name}`;
  if (prepared !== undefined) return undefined;
  return failed === undefined
    ? `the chroot for ${name} is being prepared`
    : `the chroot for ${name} could not be prepared (${failed.stage}: ${failed.fact})`;
};
