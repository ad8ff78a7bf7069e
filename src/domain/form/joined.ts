import { isSame } from '../same.ts';
import type { Field } from './shape.ts';
import { meantBy, type Typed, typedFor } from './typed.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What two made of one object, in one form. */
export type Joined = {
  readonly typed: Typed;
  /** Paths of what both changed, each to something else; the form says what its sender typed. */
  readonly both: readonly string[];
};

/**
 * A form that was opened of `before`, where somebody else made `now` of it since: what its sender left alone is as the other one has
 * it, what was typed stays.
 */
export const joined = (fields: readonly Field[], typed: Typed, before: Fields, now: Fields, path = ''): Joined => {
  const parts = fields.map((field) => joinedField(field, typed, before, now, path));
  return {
    typed: Object.assign({}, ...parts.map((part) => part.typed)) as Typed,
    both: parts.flatMap(({ both }) => both),
  };
};

const joinedField = (field: Field, typed: Typed, before: Fields, now: Fields, path: string): Joined => {
  const { name, shape } = field;
  const at = `${path}${name}`;
  const [mine, opened, theirs] = [typed, typedFor([field], before, path), typedFor([field], now, path)].map(
    (each) => meantBy([field], each, path)[name],
  );
  if (isSame(mine, opened)) return { typed: typedFor([field], now, path), both: [] };
  if (shape.kind === 'group' && !shape.optional) {
    return joined(shape.fields, typed, fieldsIn(before[name]), fieldsIn(now[name]), `${at}.`);
  }
  const isOfBoth = !isSame(opened, theirs) && !isSame(mine, theirs);
  return { typed: typedAt(at, typed), both: isOfBoth ? [at] : [] };
};

const fieldsIn = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const typedAt = (path: string, typed: Typed): Typed =>
  Object.fromEntries(Object.entries(typed).filter(([name]) => name === path || name.startsWith(`${path}.`)));
