import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decode, text } from '../../domain/codec.ts';
import { StreamName } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { EventLog, Position, Query, RecordedEvent } from '../../ports/event-log.ts';
import { queryEach } from '../../ports/query-each.ts';
import { nearest } from './nearest.ts';

/** What `/mini_buildd/events` was asked for. `after: 'beginning'` is the log from its first event on. */
export type EventQuery = Filter & {
  readonly after: Position | 'beginning' | undefined;
  readonly before: Position | undefined;
  readonly limit: number;
};

type Filter = Pick<Query, 'stream' | 'type' | 'package' | 'distribution' | 'actor' | 'correlation'>;

/** Empty values count as absent, but for `after=`, which is the beginning. */
export const eventQuery = (asked: Readonly<Record<string, unknown>>): Either<readonly Refusal[], EventQuery> => {
  const unknown = Object.keys(asked).filter((name) => !Object.hasOwn(known, name) && name !== 'output');
  if (unknown.length > 0) return left(unknown.map(unknownFilter));
  const present = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));
  const parsed = decode(t.exact(t.partial(known)), present);
  if (isLeft(parsed))
    return left(parsed.left.map((fact) => refusal('bad-argument', fact.slice(0, 300), 'see /mini_buildd/api')));
  const { after, before, limit, ...filter } = parsed.right;
  return right({
    ...(filter as Filter),
    after: (after as Position | undefined) ?? (asked.after === '' ? 'beginning' : undefined),
    before: before as Position | undefined,
    limit: limit === undefined ? 100 : Number(limit),
  });
};

/** What is asked of the log itself: `actors` are the names that it knows who is meant by, where somebody is. */
export type LogQuery = Omit<EventQuery, 'actor'> & { readonly actors: readonly string[] | undefined };

/** At most `limit` events. With `after` the oldest first from there on; else the newest first. */
export const eventPage = (log: EventLog, { after, before, ...rest }: LogQuery): Promise<readonly RecordedEvent[]> => {
  if (after === 'beginning') return fromBeginning(log, rest);
  return asked(log, {
    ...rest,
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
  });
};

type Asked = Omit<Query, 'actor'> & Pick<LogQuery, 'actors'>;

const asked = (log: EventLog, { actors, ...query }: Asked): Promise<readonly RecordedEvent[]> =>
  actors === undefined ? log.query(query) : queryEach(log, query, actors);

/** No position comes before the first, so the first page is sought by reading on until it is full. */
const fromBeginning = async (
  log: EventLog,
  { limit, ...filter }: Omit<LogQuery, 'after' | 'before'>,
): Promise<readonly RecordedEvent[]> => {
  const first = await log.readAll(undefined, 1);
  const [oldest] = first;
  if (oldest === undefined) return [];
  const found = matches(filter, oldest) ? [oldest] : [];
  const rest =
    limit > found.length ? await asked(log, { ...filter, after: oldest.position, limit: limit - found.length }) : [];
  return [...found, ...rest];
};

const matches = (filter: Omit<LogQuery, 'after' | 'before' | 'limit'>, event: RecordedEvent): boolean =>
  (filter.stream ?? event.stream) === event.stream &&
  (filter.type ?? event.body.type) === event.body.type &&
  (filter.package ?? event.subject.package) === event.subject.package &&
  (filter.distribution ?? event.subject.distribution) === event.subject.distribution &&
  (filter.actors?.includes(event.actor.name) ?? true) &&
  (filter.correlation ?? event.correlation) === event.correlation;

export const Word = text('Word', /^[\x21-\x7e]{1,256}$/, 'at most 256 printable characters without spaces');
const Limit = text('Limit', /^(?:[1-9]\d{0,2}|1000)$/, 'a number from 1 to 1000');

/** A position is opaque; this is only what can be one in a line of an event stream. */
export const PositionText = text('Position', /^[A-Za-z0-9._:@/-]{1,100}$/, 'a position as an earlier answer gave it');

const known = {
  after: PositionText,
  before: PositionText,
  stream: StreamName,
  type: Word,
  package: Word,
  distribution: Word,
  actor: Word,
  correlation: Word,
  limit: Limit,
};

const unknownFilter = (name: string): Refusal => {
  const meant = nearest(name, Object.keys(known));
  return refusal(
    'unknown-argument',
    `events cannot be asked for by "${name.slice(0, 80)}"`,
    meant === undefined ? `known are ${Object.keys(known).join(', ')}` : `did you mean "${meant}"?`,
  );
};
