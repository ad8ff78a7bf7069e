import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { BuildStory } from '../projections/build-queue.ts';
import { assignable, type Place } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Gives builds that wait to `place`, oldest first, as long as there is room and a template to build in. */
export const assignBuilds = (world$: Observable<World>, clock: Clock, place: Place, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'assign-builds',
    owed: (world) => assignable(world, place),
    key: ({ id }) => id,
    work: (build) =>
      tell(
        { command: 'AssignBuild', build: build.id, builder: place.builder, because: reason(build, place) },
        duty('assign-builds', build.requested.upload, build.changedBy),
      ),
  });

const reason = ({ requested }: BuildStory, { builder, room }: Place): string =>
  `${builder} has a chroot for ${requested.codename}/${requested.architecture} and room (${room} builds at once)`;
