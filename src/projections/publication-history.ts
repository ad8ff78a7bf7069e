import type { Instant } from '../domain/codec.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import type { EventId } from '../domain/ids.ts';
import type { Position } from '../ports/event-log.ts';
import type { Recorded } from './recorded.ts';

/** One thing that apt saw of a repository, from `at` on until the next. */
export type PastPublication = {
  readonly id: EventId;
  readonly at: Instant;
  readonly position: Position;
  /** The last events that it took into account: of contents, and of configuration. */
  readonly upTo: EventId | null;
  readonly configuredBy: EventId | null;
};

/** Every publication of each repository there ever was, in order. Folded in place: ask, do not keep. */
export type PublicationHistory = Map<RepositoryId, PastPublication[]>;

export const noPublicationHistory = (): PublicationHistory => new Map();

export const foldPublicationHistory = (
  history: PublicationHistory,
  { id, recordedAt, position, event }: Recorded,
): void => {
  if (event.type !== 'RepositoryPublished') return;
  const { repository, upTo, configuredBy } = event;
  const known = history.get(repository);
  const publication = { id, at: recordedAt, position, upTo, configuredBy };
  if (known === undefined) history.set(repository, [publication]);
  else known.push(publication);
};

/** What apt saw at `at`: the last publication that is not later. */
export const publicationAt = (
  history: PublicationHistory,
  repository: RepositoryId,
  at: Instant,
): PastPublication | undefined => lastThat(history.get(repository) ?? [], (publication) => publication.at <= at);

/** What apt saw when the log was at `position`. */
export const publicationUpTo = (
  history: PublicationHistory,
  repository: RepositoryId,
  position: Position,
): PastPublication | undefined =>
  lastThat(history.get(repository) ?? [], (publication) => publication.position <= position);

/** The first publications that were made when the log was beyond `position`, at most `most` of them. */
export const publicationsBeyond = (
  history: PublicationHistory,
  repository: RepositoryId,
  position: Position,
  most: number,
): readonly PastPublication[] => {
  const all = history.get(repository) ?? [];
  const first = countThat(all, (publication) => publication.position <= position);
  return all.slice(first, first + most);
};

const lastThat = <Item>(items: readonly Item[], holds: (item: Item) => boolean): Item | undefined =>
  items[countThat(items, holds) - 1];

/** Of a row in which what holds for one holds for all before it. */
const countThat = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number => {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as Item)) low = middle + 1;
    else high = middle;
  }
  return low;
};
