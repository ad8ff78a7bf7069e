import { isRight } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { inSight } from './out-of-sight.ts';
import { type Refusal, refusal } from './refusal.ts';

/** A place of a value that holds something else than its codec takes. */
export type Misfit = {
  /** `uris.0`; empty for the whole value. */
  readonly path: string;
  /** What is taken there, for people: `a whole number, zero or more, or null`. */
  readonly wanted: string;
  /** What is there, as JSON that hides nothing, and no more of it than somebody reads; `undefined` where nothing is. */
  readonly found: string | undefined;
};

/** What does not fit, one of each place: a union says of each of its branches what that wanted. */
export const misfits = (codec: t.Decoder<unknown, unknown>, input: unknown): readonly Misfit[] => {
  const result = codec.decode(input);
  if (isRight(result)) return [];
  return [...Map.groupBy(result.left, pathOf)].map(([path, errors]) => ({
    path,
    wanted: [...new Set(errors.map(wantedBy))]
      .sort((one, other) => Number(one === 'null') - Number(other === 'null'))
      .join(', or '),
    found: shown(errors[0]?.value),
  }));
};

/** A place of `about` that holds something else than it takes, as what breaks `rule`. */
export const misfitOf =
  (rule: string, about: string) =>
  ({ path, wanted, found }: Misfit): Refusal =>
    refusal(
      rule,
      `${path === '' ? about : `${about}: ${path}`} ${found === undefined ? 'is missing' : `is ${found}`}`,
      `give ${wanted}`,
    );

/** Branches of a union are counted by io-ts as if they were fields. */
const pathOf = ({ context }: t.ValidationError): string =>
  context
    .filter(({ key }, index) => key !== '' && tagOf(context[index - 1]?.type) !== 'UnionType')
    .map(({ key }) => key)
    .join('.');

const wantedBy = ({ context, message }: t.ValidationError): string => {
  const type = context.at(-1)?.type;
  if (message !== undefined || type === undefined) return message ?? 'something else';
  switch (tagOf(type)) {
    case 'StringType':
      return 'text';
    case 'NumberType':
      return 'a number';
    case 'BooleanType':
      return 'true or false';
    case 'NullType':
      return 'null';
    case 'ReadonlyArrayType':
    case 'ArrayType':
      return 'a list';
    case 'DictionaryType':
    case 'InterfaceType':
      return 'names with values';
    case 'KeyofType':
      return Object.keys((type as unknown as { readonly keys: object }).keys).join(', ');
    default:
      return type.name;
  }
};

const tagOf = (type: t.Decoder<unknown, unknown> | undefined): string | undefined =>
  (type as { readonly _tag?: string } | undefined)?._tag;

const asEscape = (character: string): string => {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
};

const shown = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  const json = inSight(JSON.stringify(value) ?? String(value), asEscape);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
};
