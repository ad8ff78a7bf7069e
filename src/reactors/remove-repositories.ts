import type { Observable } from 'rxjs';
import type { RepositoryId } from '../domain/debian/names.ts';
import type { EventId } from '../domain/ids.ts';
import type { Archive } from '../ports/archive.ts';
import type { Clock } from '../ports/clock.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Takes away what apt saw of repositories that were removed. Each life looks once at every one of them: to remove what is gone
 * costs nothing, so that nobody needs to remember how far an earlier life came.
 */
export const removeRepositories = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  archive: Archive,
): Observable<Fault> => {
  const done = new Set<EventId>();
  return onceEach(world$, clock, {
    name: 'remove-repositories',
    owed: ({ removals }) => [...removals].filter(([, removal]) => !done.has(removal)),
    key: ([repository]: readonly [RepositoryId, EventId]) => repository,
    work: async ([repository, removal]) => {
      // Configured again in the meantime: what is there now is wanted.
      if (world.removals.get(repository) === removal) await archive.remove(repository);
      done.add(removal);
    },
  });
};
