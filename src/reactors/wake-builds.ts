import { map, type Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type Woken, wokenBy } from '../projections/dep-wait.ts';
import type { Sightings } from '../projections/sightings.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What one look at all that wait found. */
type Look = { readonly world: World; readonly woken: ReadonlyMap<string, Woken> };

/**
 * Puts builds that wait for dependencies back into the queue when what they wait for was seen in the sources that they draw from, ours beside
 * them. The same packages wake it once: that is on record. `world$` emits now and then; all that wait are looked at once for each time, however many
 * of them are woken.
 */
export const wakeBuilds = (
  world$: Observable<World>,
  clock: Clock,
  sightings: Sightings,
  tell: Tell,
): Observable<Fault> => {
  const look = (world: World): Look => ({
    world,
    woken: new Map(wokenBy(sightings, world, clock.now()).map((each) => [keyOf(each), each])),
  });
  return onceEach(world$.pipe(map(look)), clock, {
    name: 'wake-builds',
    owed: ({ woken }) => [...woken.values()],
    owedUnder: ({ world, woken }, id) => {
      const each = woken.get(id);
      return each !== undefined && world.builds.depWait.get(each.build.id) === each.build ? [each] : [];
    },
    key: keyOf,
    work: ({ build: { id, attempts: attempt, requested, changedBy }, because, found }) =>
      tell(
        { command: 'ResumeBuild', build: id, attempt, because, found },
        duty('wake-builds', requested.upload, changedBy),
      ),
  });
};

const keyOf = ({ build }: Woken): string => `${build.id}#${build.attempts}`;
