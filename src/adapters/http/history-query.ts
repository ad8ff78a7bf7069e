import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decode } from '../../domain/codec.ts';
import { StreamName } from '../../domain/ids.ts';
import { Moment } from '../../domain/moment.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Position, Query } from '../../ports/event-log.ts';
import { PositionText, Word } from './event-query.ts';
import { type Filters, filterNames } from './views/history-model.ts';

/** The filters as they were typed, at most so long; what is not one of them is passed over. */
export const filtersOf = (query: Readonly<Record<string, unknown>>): Filters =>
  Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = query[name];
      return typeof value === 'string' && value.trim() !== '' ? [[name, value.trim().slice(0, 300)]] : [];
    }),
  );

/** What the log is asked; or what is wrong with a filter, each one by its name. */
export const historyQuery = (filters: Filters, before: unknown): Either<readonly Refusal[], Omit<Query, 'limit'>> => {
  const read = decode(t.exact(t.partial(codecs)), before === undefined ? filters : { ...filters, before });
  if (isLeft(read))
    return left(read.left.map((fact) => refusal('bad-argument', fact.slice(0, 300), 'correct it, or leave it empty')));
  const { before: place, ...asked } = read.right;
  return right({ ...asked, ...(place === undefined ? {} : { before: place as string as Position }) });
};

const codecs = {
  package: Word,
  distribution: Word,
  type: Word,
  actor: Word,
  correlation: Word,
  from: Moment,
  until: Moment,
  stream: StreamName,
  before: PositionText,
};
