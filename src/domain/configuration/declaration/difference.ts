import { isSame } from '../../same.ts';
import { type Configuration, configure } from '../configuration.ts';
import type { ConfigurationEvent } from '../events.ts';
import { fieldsOf, instanceFields, objectOf } from './declare.ts';
import { type Fields, isFields } from './kinds.ts';

/** What one event changes, field by field; `from` or `to` is undefined where the field is not there. */
export type Difference = {
  readonly change: 'added' | 'changed' | 'removed';
  readonly what: string;
  readonly fields: readonly { readonly field: string; readonly from: unknown; readonly to: unknown }[];
};

export const difference = (present: Configuration, event: ConfigurationEvent): Difference => {
  const { what, before, after } = sides(present, event);
  return {
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    what,
    fields: after === undefined ? [] : fieldsThatDiffer('', before ?? {}, after),
  };
};

const sides = (present: Configuration, event: ConfigurationEvent) => {
  if (event.type === 'InstanceConfigured') {
    const before = present.instance === undefined ? undefined : instanceFields(present.instance);
    return { what: 'instance', before, after: instanceFields(event) };
  }
  const subject = objectOf(event);
  if (subject === undefined) return { what: event.type, before: undefined, after: {} };
  const { kind, name } = subject;
  const fieldsIn = (configuration: Configuration): Fields | undefined => {
    const found = kind.all(configuration).get(name);
    return found === undefined ? undefined : fieldsOf(kind, name, found);
  };
  return { what: `${kind.noun} ${name}`, before: fieldsIn(present), after: fieldsIn(configure(present, event)) };
};

const fieldsThatDiffer = (path: string, before: Fields, after: Fields): Difference['fields'] =>
  [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((name) => {
    const [from, to] = [before[name], after[name]];
    if (isSame(from, to)) return [];
    const field = `${path}${name}`;
    const [old, news] = [parts(from), parts(to)];
    // A field that is new as a whole is shown as a whole.
    if (old === undefined || news === undefined) return [{ field, from, to }];
    const inner = fieldsThatDiffer(`${field}.`, old, news);
    return inner.length > 0 ? inner : [{ field, from, to }];
  });

/** What can be told part by part: fields, and lists of named things. */
const parts = (value: unknown): Fields | undefined => {
  if (isFields(value)) return value;
  if (!Array.isArray(value) || value.length === 0 || !value.every(isFields)) return undefined;
  const named = value.map((each) => [each.suite ?? each.architecture ?? each.source, each] as const);
  return named.every(([name]) => typeof name === 'string') ? Object.fromEntries(named) : undefined;
};
