import { catchError, concatMap, defer, from, ignoreElements, type Observable, of } from 'rxjs';
import type { Archive } from '../ports/archive.ts';
import type { Clock } from '../ports/clock.ts';
import { pooledVersions } from '../projections/due-files.ts';
import type { World } from '../projections/world.ts';
import type { Fault } from './once-each.ts';

const dayInMs = 86_400_000;

/**
 * Takes out of the pools what no distribution has named for a while: past states are served from the file store, which keeps it. Not owed by
 * state but by files that lie about: looked at once a day.
 */
export const tidyPools = (clock: Clock, world: World, archive: Pick<Archive, 'tidyPool'>): Observable<Fault> =>
  clock.every(dayInMs).pipe(
    concatMap(() => from([...world.published.keys()])),
    concatMap((repository) =>
      defer(() => archive.tidyPool(repository, () => pooledVersions(world, repository, clock.now()))).pipe(
        ignoreElements(),
        catchError((error: unknown) => of({ duty: 'tidy-pools', item: repository, error, againInMs: dayInMs })),
      ),
    ),
  );
