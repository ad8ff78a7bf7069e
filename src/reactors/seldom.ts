import { distinctUntilChanged, map, merge, type Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import type { World } from '../projections/world.ts';

const firstLookMs = 60_000;
const everyMs = 3_600_000;

/** For what falls due because time passes, or because something else of the configuration was said; other news make nobody look through all packages. */
export const seldom = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  said: (configuration: World['configuration']) => unknown,
): Observable<World> =>
  merge(
    clock.after(firstLookMs),
    clock.every(everyMs),
    world$.pipe(
      map(({ configuration }) => said(configuration)),
      distinctUntilChanged(),
    ),
  ).pipe(map(() => world));
