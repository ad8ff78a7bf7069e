import type { RepositoryId } from '../../domain/debian/names.ts';
import type { PastPublication } from '../../projections/publication-history.ts';
import type { World } from '../../projections/world.ts';
import { timeOf } from './distribution-at.ts';

/** Where in the row of a repository's publications a page stands, and the ways to its neighbours, up to the `last` one. Counted from 1. */
export const whenOf = (
  world: World,
  repository: RepositoryId,
  publication: PastPublication | undefined,
  last?: PastPublication | undefined,
) => {
  const every = world.published.get(repository) ?? [];
  const all = last === undefined ? every : every.slice(0, every.findIndex(({ id }) => id === last.id) + 1);
  const nth = publication === undefined ? all.length : all.findIndex(({ id }) => id === publication.id) + 1;
  const way = (to: number) => {
    const there = all[to - 1];
    return there && { nth: to, at: there.at, time: timeOf(world, repository, there) };
  };
  return {
    at: publication?.at,
    time: publication && timeOf(world, repository, publication),
    nth,
    of: all.length,
    first: way(1),
    earlier: way(publication === undefined ? nth : nth - 1),
    later: publication === undefined ? undefined : way(nth + 1),
  };
};

/** The `nth` publication of a repository, from 1; the nearest for one that is not. */
export const nthPublication = (world: World) => (repository: RepositoryId, nth: number) => {
  const all = world.published.get(repository) ?? [];
  const found = all[Math.min(Math.max(nth, 1), all.length) - 1];
  return found && { at: found.at, time: timeOf(world, repository, found) };
};
