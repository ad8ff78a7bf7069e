import { assignedTo, type BuildStory, firstWaiting, running } from './build-queue.ts';
import { templateFor } from './templates.ts';
import type { World } from './world.ts';

/** A builder as assignment sees it: its name, and how many builds it runs at once. */
export type Place = { readonly builder: string; readonly room: number };

/** Builds that `place` may take now, oldest first. */
export const assignable = (world: World, place: Place): readonly BuildStory[] => {
  if (world.engine === 'stopped') return [];
  return firstWaiting(world.builds, place.room - load(world, place), (build) => obstacle(build, world) === undefined);
};

/** Builds that `builder` runs or is about to run. */
export const load = ({ builds }: World, { builder }: Place): number =>
  running(builds, builder).length + assignedTo(builds, builder).length;

/** What a person asks first: why is it not running? */
export const whyWaiting = (build: BuildStory, world: World, place: Place): string => {
  if (world.engine === 'stopped') return 'the engine is stopped';
  return (
    obstacle(build, world) ??
    (load(world, place) >= place.room ? `all ${place.room} places of ${place.builder} are taken` : 'it is next')
  );
};

/** Why a build cannot be assigned, whatever the load; `undefined` when it can. */
const obstacle = ({ requested }: BuildStory, { templates }: World): string | undefined => {
  const { chroot, prepared, failed } = templateFor(templates, requested);
  const name = `${requested.codename}/${requested.architecture}`;
  if (prepared !== undefined) return undefined;
  if (chroot === undefined) return `no builder has a chroot for ${name}`;
  return failed === undefined
    ? `the chroot for ${name} is being prepared`
    : `the chroot for ${name} could not be prepared (${failed.stage}: ${failed.fact})`;
};
