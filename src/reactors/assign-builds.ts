import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import type { RollCall } from '../ports/roll-call.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { assignments } from '../projections/assignment.ts';
import type { Place } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Gives builds that wait to `place`, to a node or to a remote, oldest first, whoever fits and has the lowest load, as long as somebody has room. */
export const assignBuilds = (
  world$: Observable<World>,
  clock: Clock,
  place: Place,
  neighbours: Pick<Neighbours, 'heard'>,
  roll: RollCall,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'assign-builds',
    owed: (world) => assignments(world, place, neighbours, clock.now(), roll),
    key: ({ build }) => build.id,
    work: ({ build, builder, because }) =>
      tell(
        { command: 'AssignBuild', build: build.id, builder, because },
        duty('assign-builds', build.requested.upload, build.changedBy),
      ),
  });
