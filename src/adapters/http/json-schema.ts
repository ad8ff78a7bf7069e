import type * as t from 'io-ts';
import { isPersonal } from '../../domain/account/viewer.ts';

/** A codec as io-ts describes itself: as much as says what shape it has. */
type Described = {
  readonly _tag?: string;
  readonly name: string;
  readonly props?: Readonly<Record<string, Described>>;
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly types?: readonly Described[];
  readonly type?: Described;
  readonly codomain?: Described;
  readonly value?: unknown;
};

export type Schema = Readonly<Record<string, unknown>>;

/**
 * Shapes of JSON by codecs. What has a name of its own is said once, below `components/schemas`, where `named` has it in the end. Fields that say who
 * somebody is are not required anywhere: strangers are shown the same without them.
 */
export const jsonSchemas = () => {
  const named = new Map<string, Schema>();
  const of = (codec: Described): Schema => {
    if (!isShape(codec)) return bare(codec);
    if (!named.has(codec.name)) {
      named.set(codec.name, {});
      named.set(codec.name, bare(codec));
    }
    return { $ref: `#/components/schemas/${codec.name}` };
  };
  const bare = (codec: Described): Schema => {
    const { _tag, name, types = [], type, codomain, value, keys } = codec;
    switch (_tag) {
      case 'ExactType':
      case 'RefinementType':
        return type === undefined ? {} : bare(type);
      case 'InterfaceType':
        return fields(codec, true);
      case 'PartialType':
        return fields(codec, false);
      case 'IntersectionType':
        return joined(types.map(bare));
      case 'UnionType':
        return name === 'EventBody'
          ? { oneOf: types.map(of), discriminator: { propertyName: 'type' } }
          : { anyOf: types.map(of) };
      case 'ReadonlyArrayType':
      case 'ArrayType':
        return { type: 'array', items: type === undefined ? {} : of(type) };
      case 'DictionaryType':
        return { type: 'object', additionalProperties: codomain === undefined ? {} : of(codomain) };
      case 'LiteralType':
        return { const: value };
      case 'KeyofType':
        return { type: 'string', enum: Object.keys(keys ?? {}) };
      default:
        return leaf(name);
    }
  };
  const fields = ({ props = {} }: Described, areRequired: boolean): Schema => {
    const required = areRequired ? Object.keys(props).filter((field) => !isPersonal(field)) : [];
    return {
      type: 'object',
      properties: Object.fromEntries(Object.entries(props).map(([field, codec]) => [field, of(codec)])),
      ...(required.length === 0 ? {} : { required }),
    };
  };
  return { of: (codec: t.Mixed): Schema => of(codec as unknown as Described), named };
};

const isShape = ({ _tag, name }: Described): boolean =>
  (_tag === 'ExactType' || _tag === 'UnionType' || _tag === 'IntersectionType') && /^[A-Z]\w*$/.test(name);

/** Objects that are one. */
const joined = (parts: readonly Schema[]): Schema => {
  const required = parts.flatMap((part) => (part.required as readonly string[] | undefined) ?? []);
  return {
    type: 'object',
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    ...(required.length === 0 ? {} : { required }),
  };
};

/** All that has a rule of its own is text, but for counts. */
const leaf = (name: string): Schema => {
  switch (name) {
    case 'number':
      return { type: 'number' };
    case 'Count':
      return { type: 'integer', minimum: 0 };
    case 'boolean':
      return { type: 'boolean' };
    case 'null':
      return { type: 'null' };
    case 'unknown':
      return {};
    case 'Instant':
      return { type: 'string', format: 'date-time' };
    default:
      return { type: 'string' };
  }
};
