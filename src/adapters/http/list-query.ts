import type { Request } from 'express';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { decode } from '../../domain/codec.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Api, CommandDescription } from '../../ports/api.ts';

/** What a list is narrowed by, as it was typed; nothing of what was left empty. */
export type Narrowing = Readonly<Record<string, string>>;

/** Of the query of an address what the command `known` understands. */
export const narrowingOf = (
  { arguments: known }: CommandDescription,
  query: Readonly<Record<string, unknown>>,
): Narrowing =>
  Object.fromEntries(
    known.flatMap(({ name }) => {
      const value = query[name];
      return typeof value === 'string' && value.trim() !== '' ? [[name, value.trim().slice(0, 300)]] : [];
    }),
  );

/** From 1, which it also is where what was asked for cannot be read. */
export const pageAskedBy = ({ query: { page } }: Pick<Request, 'query'>): number =>
  typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1;

/** The arguments of a command that was asked so, each under its name; or what is wrong with them. */
export const listAskedBy = (
  api: Pick<Api, 'faults'>,
  { name: command, arguments: known }: CommandDescription,
  typed: Narrowing,
): Either<readonly Refusal[], Readonly<Record<string, unknown>>> => {
  const faults = api.faults(command, typed);
  if (faults.length > 0) return left(faults.map(({ because }) => because));
  const read = known.map(({ name, codec, fallback }) => [name, decode(codec, typed[name] ?? fallback)] as const);
  return right(Object.fromEntries(read.map(([name, value]) => [name, isLeft(value) ? undefined : value.right])));
};
