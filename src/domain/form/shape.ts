import type { Described } from '../codec-fields.ts';

/**
 * What a person is asked for a value of a codec: its fields, as a form has them. `optional` may be left empty, which is
 * null.
 */
export type Shape =
  | { readonly kind: 'flag' }
  | { readonly kind: 'word'; readonly optional: boolean }
  | { readonly kind: 'number'; readonly optional: boolean }
  | { readonly kind: 'choice'; readonly words: readonly string[]; readonly optional: boolean }
  /** Many words, a line each. */
  | { readonly kind: 'words' }
  /** Words by name, `NAME: WORD` a line. */
  | { readonly kind: 'pairs' }
  | Group
  /** Many groups; one whose first field is empty is none. */
  | { readonly kind: 'rows'; readonly fields: readonly Field[] };

/** Of an optional one nothing is said when its first field is empty. */
export type Group = { readonly kind: 'group'; readonly fields: readonly Field[]; readonly optional: boolean };

export type Field = { readonly name: string; readonly shape: Shape };

/** The fields of a structure's codec, but for those in `without`. */
export const fieldsOfCodec = (codec: unknown, without: ReadonlySet<string>): readonly Field[] => {
  const shape = shapeOf(codec as Described, false);
  return shape.kind === 'group' ? shape.fields.filter(({ name }) => !without.has(name)) : [];
};

const shapeOf = (codec: Described, optional: boolean): Shape => {
  const { _tag, name, props, keys, types = [], type } = codec;
  switch (_tag) {
    case 'ExactType':
      return shapeOf(type ?? {}, optional);
    case 'InterfaceType':
      return { kind: 'group', fields: fieldsIn(props ?? {}), optional };
    case 'UnionType':
      return shapeOf(types.find((each) => each._tag !== 'NullType') ?? {}, true);
    case 'BooleanType':
      return { kind: 'flag' };
    case 'NumberType':
      return { kind: 'number', optional };
    case 'KeyofType':
      return { kind: 'choice', words: Object.keys(keys ?? {}), optional };
    case 'DictionaryType':
      return { kind: 'pairs' };
    case 'ReadonlyArrayType': {
      const each = shapeOf(type ?? {}, false);
      return each.kind === 'group' ? { kind: 'rows', fields: each.fields } : { kind: 'words' };
    }
    default:
      return name === 'Count' ? { kind: 'number', optional } : { kind: 'word', optional };
  }
};

/** What can only be one thing is asked of nobody. */
const fieldsIn = (props: Readonly<Record<string, Described>>): readonly Field[] =>
  Object.entries(props).flatMap(([name, codec]) =>
    codec._tag === 'LiteralType' ? [] : [{ name, shape: shapeOf(codec, false) }],
  );
