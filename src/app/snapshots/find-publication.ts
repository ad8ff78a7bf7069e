import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { decode, instant } from '../../domain/codec.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { EventId } from '../../domain/ids.ts';
import { compactMoment, Moment } from '../../domain/moment.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { SnapshotLabel } from '../../domain/retention/events.ts';
import { type PastPublication, type PublicationHistory, publicationAt } from '../../projections/publication-history.ts';
import type { World } from '../../projections/world.ts';

/**
 * The publication that a written time means: the last that is not later; or the one that has this name. `right` holds an event id that is no publication's: where
 * it stands, only the log knows.
 */
export const findPublication = (
  { published: history, retention: { named: names } }: Pick<World, 'published' | 'retention'>,
  repository: RepositoryId,
  time: string,
  now: number,
): Either<Refusal, PastPublication | EventId> => {
  const publications = history.get(repository);
  if (publications === undefined) return left(unknownRepository(repository));
  const named = SnapshotLabel.is(time) ? names.get(repository)?.get(time)?.publication : undefined;
  if (named !== undefined || EventId.is(time))
    return right(publications.find(({ id }) => id === (named ?? time)) ?? ((named ?? time) as EventId));
  const at = decode(Moment, time);
  if (isLeft(at)) return left(malformed(time));
  // A URL names whole seconds: what was published in this one is named by its end.
  if (at.right > instant(Math.ceil(now / 1000) * 1000)) return left(notYet(time));
  const found = publicationAt(history, repository, at.right);
  return found === undefined ? left(beforeAll(repository, time, history)) : right(found);
};

const unknownRepository = (repository: string): Refusal =>
  refusal('unknown-repository', `nothing was ever published of a repository "${repository}"`, 'see status');

const malformed = (time: string): Refusal =>
  refusal(
    'malformed-time',
    `"${time.slice(0, 60)}" is neither a time nor an event, nor the name of a past state`,
    'write a time in UTC, such as 20261122T101500Z, or the id of an event',
  );

const notYet = (time: string): Refusal =>
  refusal('future-time', `${time} has not come yet`, 'leave out the time: the repository itself is what is now');

export const beforeAll = (repository: RepositoryId, time: string, history: PublicationHistory): Refusal => {
  const first = history.get(repository)?.[0];
  return refusal(
    'before-first-publication',
    `nothing of ${repository} was published at ${time}`,
    first === undefined ? 'see status' : `the first publication was at ${compactMoment(first.at)}`,
  );
};
