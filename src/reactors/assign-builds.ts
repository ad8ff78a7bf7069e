import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { assignedTo, type BuildStory, running, waiting } from '../projections/build-queue.ts';
import { templateFor } from '../projections/templates.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** A builder as assignment sees it. */
export type Place = { readonly builder: string; readonly room: number };

/** Gives builds that wait to us, oldest first, as long as there is room and a template to build in. */
export const assignBuilds = (world$: Observable<World>, clock: Clock, place: Place, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'assign-builds',
    owed: (world) => assignable(world, place),
    key: ({ id }) => id,
    work: (build) =>
      tell(
        { command: 'AssignBuild', build: build.id, builder: place.builder, because: reason(build, place) },
        duty('assign-builds', build.requested.upload),
      ),
  });

export const assignable = (world: World, place: Place): readonly BuildStory[] => {
  if (world.engine === 'stopped') return [];
  const room = place.room - load(world, place);
  return waiting(world.builds)
    .filter((build) => whyNotYet(build, world) === undefined)
    .slice(0, Math.max(0, room));
};

const load = ({ builds }: World, { builder }: Place): number =>
  running(builds, builder).length + assignedTo(builds, builder).length;

/** Why a build cannot be assigned, whatever the load; `undefined` when it can. */
const whyNotYet = ({ requested }: BuildStory, { templates }: World): string | undefined => {
  const { chroot, prepared, failed } = templateFor(templates, requested);
  const name = `${requested.codename}/${requested.architecture}`;
  if (prepared !== undefined) return undefined;
  if (chroot === undefined) return `no builder has a chroot for ${name}`;
  return failed === undefined
    ? `the chroot for ${name} is being prepared`
    : `the chroot for ${name} could not be prepared (${failed.stage}: ${failed.fact})`;
};

/** What a person asks first: why is it not running? */
export const whyWaiting = (build: BuildStory, world: World, place: Place): string => {
  if (world.engine === 'stopped') return 'the engine is stopped';
  return (
    whyNotYet(build, world) ??
    (load(world, place) >= place.room ? `all ${place.room} places of ${place.builder} are taken` : 'it is next')
  );
};

const reason = ({ requested }: BuildStory, { builder, room }: Place): string =>
  `${builder} has a chroot for ${requested.codename}/${requested.architecture} and room (${room} builds at once)`;
