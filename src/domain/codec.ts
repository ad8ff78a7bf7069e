import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Misfit, misfits } from './misfits.ts';

/** A string that obeys `pattern`, under a name of its own. `rule` is what a person reads when it does not: what is taken instead. */
export const text = <Name extends string>(name: Name, pattern: RegExp, rule: string) => {
  type Branded = t.Branded<string, { readonly [key in Name]: symbol }>;
  const is = (input: unknown): input is Branded => typeof input === 'string' && pattern.test(input);
  return new t.Type<Branded, string, unknown>(
    name,
    is,
    (input, context) => (is(input) ? t.success(input) : t.failure(input, context, rule)),
    (value) => value,
  );
};

/** A whole number, zero or more. */
export const Count = new t.Type<number, number, unknown>(
  'Count',
  (input): input is number => Number.isSafeInteger(input) && (input as number) >= 0,
  (input, context) =>
    Number.isSafeInteger(input) && (input as number) >= 0
      ? t.success(input as number)
      : t.failure(input, context, 'a whole number, zero or more'),
  (value) => value,
);

/** An instant as ISO 8601 in UTC with milliseconds: `2026-11-22T10:15:00.000Z`. */
export const Instant = text('Instant', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'YYYY-MM-DDThh:mm:ss.mmmZ');
export type Instant = t.TypeOf<typeof Instant>;

/** The instant of `milliseconds` since 1970. */
export const instant = (milliseconds: number): Instant => new Date(milliseconds).toISOString() as Instant;

const inWords = ({ path, wanted, found }: Misfit): string =>
  `${path === '' ? '' : `${path}: `}${found === undefined ? `nothing where there should be ${wanted}` : `expected ${wanted}, got ${found}`}`;

/** For strangers: what is wrong, a line each, or the value. */
export const decode = <A>(codec: t.Decoder<unknown, A>, input: unknown): Either<readonly string[], A> => {
  const result = codec.decode(input);
  return isLeft(result) ? left(misfits(codec, input).map(inWords)) : right(result.right);
};

/** For what must be right (our log, our configuration). Throws with `what` in the message. */
export const decodeOrThrow = <A>(codec: t.Decoder<unknown, A>, input: unknown, what: string): A => {
  const result = decode(codec, input);
  if (isLeft(result)) throw new Error(`${what} is not as expected: ${result.left.join('; ')}`);
  return result.right;
};
