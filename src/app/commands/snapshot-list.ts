import type { Instant } from '../../domain/codec.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { compactMoment } from '../../domain/moment.ts';
import type { Answer } from '../../ports/api.ts';
import type { World } from '../../projections/world.ts';

/** What apt saw, newest first, and the names that were given to some of it. */
export const listPublications = (
  world: World,
  repository: RepositoryId,
  before: Instant | undefined,
  limit: number,
): Answer => {
  const all = world.published.get(repository) ?? [];
  const names = Map.groupBy(world.retention.named.get(repository) ?? [], ([, { publication }]) => publication);
  const found = all.filter(({ at }) => before === undefined || at < before);
  const publications = found
    .slice(-limit)
    .reverse()
    .map(({ id, at, upTo }) => ({
      time: compactMoment(at),
      at,
      publication: id,
      upTo,
      names: (names.get(id) ?? []).map(([label]) => label),
    }));
  const next = found.length > limit ? (publications.at(-1)?.at ?? null) : null;
  const named = [...(world.retention.named.get(repository) ?? [])].map(([name, { publication, namedAt }]) => ({
    name,
    publication,
    namedAt,
    time: timeOf(all.find(({ id }) => id === publication)?.at),
  }));
  return {
    json: { publications, named, next },
    plain: [
      ...publications.map((each) => `${[each.time, ...each.names].join(' ')}\n`),
      ...(next === null ? [] : [`older: --before ${next}\n`]),
      ...named.map(({ name, time }) => `${name}: ${time ?? 'unknown'}\n`),
    ].join(''),
  };
};

const timeOf = (at: Instant | undefined): string | null => (at === undefined ? null : compactMoment(at));
