import type { RepositoryId } from '../domain/debian/names.ts';
import type { EventId } from '../domain/ids.ts';
import type { Recorded } from './recorded.ts';

/** Repositories that were removed and not configured again since, by the event that did it. Folded in place. */
export type Removals = Map<RepositoryId, EventId>;

export const noRemovals = (): Removals => new Map();

export const foldRemovals = (removals: Removals, { id, event }: Recorded): void => {
  if (event.type === 'RepositoryRemoved') removals.set(event.repository, id);
  if (event.type === 'RepositoryConfigured') removals.delete(event.repository);
};
