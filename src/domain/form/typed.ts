import type { Field, Shape } from './shape.ts';

/** What stands in a form, by the path of the field: `build.resolver`, `suites.0.suite`. Boxes that are not ticked are not there. */
export type Typed = Readonly<Record<string, readonly string[]>>;

type Fields = Readonly<Record<string, unknown>>;

/** More rows than any form of ours has. */
const mostRows = 500;

/** What is meant by what was typed. What makes no sense stays as it was typed, for the codec to say so. */
export const meantBy = (fields: readonly Field[], typed: Typed, path = ''): Fields =>
  Object.fromEntries(fields.map(({ name, shape }) => [name, meaningOf(shape, `${path}${name}`, typed)]));

const meaningOf = (shape: Shape, path: string, typed: Typed): unknown => {
  const text = wordAt(path, typed);
  switch (shape.kind) {
    case 'flag':
      return text === 'true';
    case 'word':
    case 'choice':
      return shape.optional && text === '' ? null : text;
    case 'number':
      if (shape.optional && text === '') return null;
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'words':
      return linesAt(path, typed);
    case 'pairs':
      return Object.fromEntries(linesAt(path, typed).map(pairOf));
    case 'group':
      return shape.optional && isEmpty(shape.fields, path, typed) ? null : meantBy(shape.fields, typed, `${path}.`);
    case 'rows':
      return rowsAt(path, typed)
        .filter((row) => !isEmpty(shape.fields, `${path}.${row}`, typed))
        .map((row) => meantBy(shape.fields, typed, `${path}.${row}.`));
  }
};

/** Several lines stay as they are, but for how they end; of one, spaces around it were not meant. */
const wordAt = (path: string, typed: Typed): string => {
  const text = (typed[path]?.at(-1) ?? '').replace(/\r\n?/g, '\n');
  return text.trim().includes('\n') ? text : text.trim();
};

const linesAt = (path: string, typed: Typed): readonly string[] =>
  (typed[path] ?? [])
    .flatMap((text) => text.split(/[\r\n]+/))
    .map((line) => line.trim())
    .filter((line) => line !== '');

const pairOf = (line: string): readonly [string, string] => {
  const colon = line.indexOf(':');
  return colon === -1 ? [line, ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
};

const isEmpty = ([first]: readonly Field[], path: string, typed: Typed): boolean =>
  first === undefined || wordAt(`${path}.${first.name}`, typed) === '';

/** The rows that a form has, in their order. */
export const rowsAt = (path: string, typed: Typed): readonly number[] => {
  const rows = new Set<number>();
  for (const name of Object.keys(typed)) {
    const row = name.startsWith(`${path}.`) ? /^\d{1,3}(?=\.)/.exec(name.slice(path.length + 1))?.[0] : undefined;
    if (row !== undefined) rows.add(Number(row));
  }
  return [...rows].sort((one, other) => one - other).slice(0, mostRows);
};

/** The form that means `value`. */
export const typedFor = (fields: readonly Field[], value: Fields, path = ''): Typed =>
  Object.assign({}, ...fields.map(({ name, shape }) => typedOf(shape, `${path}${name}`, value[name]))) as Typed;

const typedOf = (shape: Shape, path: string, value: unknown): Typed => {
  if (value === undefined || value === null) return {};
  switch (shape.kind) {
    case 'flag':
      return value === true ? { [path]: ['true'] } : {};
    case 'word':
    case 'choice':
    case 'number':
      return { [path]: [String(value)] };
    case 'words':
      return { [path]: (value as readonly unknown[]).map(String) };
    case 'pairs':
      return { [path]: Object.entries(value as Fields).map(([name, word]) => `${name}: ${String(word)}`) };
    case 'group':
      return typedFor(shape.fields, value as Fields, `${path}.`);
    case 'rows':
      return Object.assign(
        {},
        ...(value as readonly Fields[]).map((row, index) => typedFor(shape.fields, row, `${path}.${index}.`)),
      ) as Typed;
  }
};
