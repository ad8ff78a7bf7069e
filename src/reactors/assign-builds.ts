import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import type { RollCall } from '../ports/roll-call.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { assignments } from '../projections/assignment.ts';
import type { Place } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Gives builds that wait to `place`, to a node or to a remote, in their order, whoever fits and has the lowest load, as long as somebody has room. All that can be given
 * at once is given at once, and nothing more until the state holds it: whoever looked in between would give the same room twice.
 */
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
    owed: (world) => {
      const found = assignments(world, place, neighbours, clock.now(), roll);
      return found.length === 0 ? [] : [found];
    },
    key: () => 'queue',
    what: (found) => found.map(({ build, builder }) => `${build.id} ${builder}`).join(),
    work: async (found) => {
      const said = await Promise.allSettled(
        found.map(({ build, builder, because }) =>
          tell(
            { command: 'AssignBuild', build: build.id, builder, because },
            duty('assign-builds', build.requested.upload, build.changedBy),
          ),
        ),
      );
      // Only now: of those that were still being said the state knew nothing.
      for (const each of said) if (each.status === 'rejected') throw each.reason;
    },
  });
