import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { decode } from '../../domain/codec.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Argument } from '../../ports/api.ts';
import type { Query } from '../../ports/event-log.ts';
import { type Filters, filterNames } from './views/history-model.ts';

/** The filters as they were typed, at most so long; what is not one of them is passed over. */
export const filtersOf = (query: Readonly<Record<string, unknown>>): Filters =>
  Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = query[name];
      return typeof value === 'string' && value.trim() !== '' ? [[name, value.trim().slice(0, 300)]] : [];
    }),
  );

/**
 * What the log is asked, as the command of which `known` are the arguments understands it; or what is wrong with a filter, each one by its
 * name.
 */
export const historyQuery = (
  known: readonly Argument[],
  filters: Filters,
  before: unknown,
): Either<readonly Refusal[], Omit<Query, 'limit'>> => {
  const typed = Object.entries({ ...filters, ...(before === undefined ? {} : { before }) });
  const read = typed.map(([name, text]) => [name, readAs(known, name, text)] as const);
  const wrong = read.flatMap(([name, value]) => (isLeft(value) ? [bad(name, value.left)] : []));
  if (wrong.length > 0) return left(wrong);
  return right(Object.fromEntries(read.map(([name, value]) => [name, isLeft(value) ? undefined : value.right])));
};

const readAs = (known: readonly Argument[], name: string, typed: unknown): Either<readonly string[], unknown> => {
  const argument = known.find((each) => each.name === name);
  return argument === undefined ? left([`history cannot be asked for by "${name}"`]) : decode(argument.codec, typed);
};

const bad = (name: string, facts: readonly string[]): Refusal =>
  refusal('bad-argument', `${name}: ${facts.join('; ')}`.slice(0, 300), 'correct it, or leave it empty');
