/** A codec as io-ts describes itself: as much as is needed to walk along it. */
export type Described = {
  readonly _tag?: string;
  readonly name?: string;
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly props?: Readonly<Record<string, Described>>;
  readonly types?: readonly Described[];
  readonly type?: Described;
  readonly is?: (input: unknown) => boolean;
};

/**
 * Fields of a value that its codec has no place for, as paths (`build.resolvr`). Decoding leaves them out in silence, which
 * is right for an old program that reads a new event, and wrong for what a person wrote.
 */
export const strangeFields = (codec: unknown, value: unknown): readonly string[] =>
  walk(codec as Described, value).map((path) => path.slice(1));

const walk = ({ _tag, props, types = [], type }: Described, value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  switch (_tag) {
    case 'ExactType':
    case 'RefinementType':
      return type === undefined ? [] : walk(type, value);
    case 'ReadonlyArrayType':
      return type === undefined || !Array.isArray(value) ? [] : value.flatMap((each) => walk(type, each));
    case 'UnionType':
      return types.filter(({ _tag: tag }) => tag === 'ExactType').flatMap((each) => walk(each, value));
    case 'InterfaceType':
      return Object.entries(value).flatMap(([name, inner]) => {
        const known = Object.hasOwn(props ?? {}, name) ? props?.[name] : undefined;
        return known === undefined ? [`.${name}`] : walk(known, inner).map((path) => `.${name}${path}`);
      });
    default:
      return [];
  }
};

/** The value with its fields in the order of its codec, at every depth, so that people meet them in one order everywhere. */
export const inOrder = <Value>(codec: unknown, value: Value): Value => ordered(codec as Described, value) as Value;

const ordered = ({ _tag, props, types = [], type }: Described, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return _tag === 'ReadonlyArrayType' && type !== undefined ? value.map((each) => ordered(type, each)) : value;
  switch (_tag) {
    case 'ExactType':
    case 'RefinementType':
      return type === undefined ? value : ordered(type, value);
    case 'UnionType':
      return types.reduce<unknown>((each, one) => (one._tag === 'ExactType' ? ordered(one, each) : each), value);
    case 'InterfaceType': {
      const fields = value as Readonly<Record<string, unknown>>;
      const known = Object.entries(props ?? {}).filter(([name]) => Object.hasOwn(fields, name));
      return {
        ...Object.fromEntries(known.map(([name, field]) => [name, ordered(field, fields[name])])),
        ...rest(fields, props),
      };
    }
    default:
      return value;
  }
};

const rest = (fields: Readonly<Record<string, unknown>>, props: Described['props'] = {}) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(props, name)));

/** The value with the fields that its codec does not take replaced by those of `sound`. */
export const withSoundFields = (
  codec: unknown,
  value: Readonly<Record<string, unknown>>,
  sound: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const { props, type } = codec as Described;
  return Object.fromEntries(
    Object.entries(props ?? type?.props ?? {}).map(([name, field]) => [
      name,
      field.is?.(value[name]) ? value[name] : sound[name],
    ]),
  );
};
