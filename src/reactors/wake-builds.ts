import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { wokenBy } from '../projections/dep-wait.ts';
import type { Sightings } from '../projections/sightings.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Puts builds that wait for dependencies back into the queue when what they wait for was seen in the sources that they draw from, ours beside
 * them. The same packages wake it once: that is on record. `world$` emits now and then, for each time all that wait are looked at.
 */
export const wakeBuilds = (
  world$: Observable<World>,
  clock: Clock,
  sightings: Sightings,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'wake-builds',
    owed: (world) => wokenBy(sightings, world, clock.now()),
    key: ({ build }) => `${build.id}#${build.attempts}`,
    work: ({ build: { id, attempts: attempt, requested, changedBy }, because, found }) =>
      tell(
        { command: 'ResumeBuild', build: id, attempt, because, found },
        duty('wake-builds', requested.upload, changedBy),
      ),
  });
