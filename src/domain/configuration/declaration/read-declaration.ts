import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { decode } from '../../codec.ts';
import { inOrder, strangeFields, withSoundFields } from '../../codec-fields.ts';
import { misfitOf, misfits } from '../../misfits.ts';
import { type Refusal, refusal } from '../../refusal.ts';
import { isSame } from '../../same.ts';

import type { Configuration } from '../configuration.ts';
import { instanceDefaults } from '../defaults.ts';
import { type ConfigurationEvent, InstanceConfigured } from '../events.ts';
import { faultsOf } from '../rules/faults.ts';
import { fieldsOf, instanceFields } from './declare.ts';
import { type Fields, isFields, type Kind, kinds } from './kinds.ts';

/**
 * What has to be said so that the present configuration becomes what a document declares. What the document does not name stays
 * as it is; if it says `complete: true`, what it does not name is removed, and fields it leaves out get their defaults. The
 * events are in an order of which every beginning fits together: what is built upon comes first, what is removed last.
 * `left` holds everything that is wrong with the document.
 */
export const readDeclaration = (
  document: unknown,
  present: Configuration,
): Either<readonly Refusal[], readonly ConfigurationEvent[]> => {
  if (!isFields(document)) return left([notSections('the document')]);
  const { complete = false, instance, ...sections } = document;
  if (typeof complete !== 'boolean') {
    return left([
      refusal('malformed-declaration', 'complete is neither true nor false', 'write complete: true, or leave it out'),
    ]);
  }
  const read = [
    ...Object.keys(sections)
      .filter((name) => !kinds.some(({ section }) => section === name))
      .map(unknownSection),
    ...readInstance(instance, present, complete),
    ...kinds.flatMap((kind) => readSection(kind, sections[kind.section], present, complete)),
  ];
  const faults = read.flatMap((each) => (isLeft(each) ? each.left : []));
  if (faults.length > 0) return left(faults);
  const events = read.flatMap((each) => (isLeft(each) ? [] : each.right));
  return right([...events, ...(complete ? removals(sections, present) : [])]);
};

type Read = Either<readonly Refusal[], readonly ConfigurationEvent[]>;

const notSections = (what: string): Refusal =>
  refusal('malformed-declaration', `${what} holds no named things`, `write NAME: and its fields below it, indented`);

const unknownSection = (name: string): Read =>
  left([
    refusal(
      'unknown-section',
      `there is nothing called "${name.slice(0, 60)}" to configure`,
      `sections are complete, instance, ${kinds.map(({ section }) => section).join(', ')}`,
    ),
  ]);

const readInstance = (said: unknown, { instance }: Configuration, complete: boolean): readonly Read[] => {
  if (said === undefined || said === null) return [];
  if (!isFields(said)) return [left([notSections('instance')])];
  if (instance === undefined)
    return [left([refusal('not-set-up', 'there is no instance yet', 'run mini-buildd setup')])];
  const { identity = instance.instance, ...fields } = said;
  if (identity !== instance.instance) {
    const fact = `this instance is "${instance.instance}", and the document is of "${String(identity).slice(0, 40)}"`;
    return [
      left([refusal('identity-is-fixed', fact, 'leave identity out: apt and every published index know it by now')]),
    ];
  }
  const strange = Object.keys(fields).filter((field) => !Object.hasOwn(instanceFields(instance), field));
  if (strange.length > 0) return [left(strange.map((field) => unknownField('instance', field)))];
  return [
    asEvent(
      'instance',
      InstanceConfigured,
      { ...instance, ...(complete ? instanceDefaults : {}), ...fields },
      instance,
      instance,
    ),
  ];
};

const readSection = (kind: Kind, said: unknown, present: Configuration, complete: boolean): readonly Read[] => {
  if (said === undefined || said === null) return [];
  if (!isFields(said)) return [left([notSections(kind.section)])];
  const there = kind.all(present);
  return Object.entries(said).map(([name, fields]) => readObject(kind, name, fields ?? {}, there.get(name), complete));
};

const readObject = (
  kind: Kind,
  name: string,
  said: unknown,
  present: ConfigurationEvent | undefined,
  complete: boolean,
): Read => {
  const about = `${kind.noun} ${name.slice(0, 60)}`;
  if (!isFields(said)) return left([notSections(about)]);
  const identity = kind.identity(name);
  const before = present === undefined || complete ? kind.defaults : fieldsOf(kind, name, present);
  const merged = { ...before, ...said };
  for (const field of kind.nested) {
    const [old, news] = [before[field], said[field]];
    if (isFields(old) && isFields(news)) merged[field] = { ...old, ...news };
  }
  const type = (kind.codec as unknown as { readonly name: string }).name;
  const taken = Object.keys(identity).filter((field) => Object.hasOwn(said, field));
  if (taken.length > 0) return left(taken.map((field) => unknownField(about, field)));
  const whole = { type, ...identity, ...kind.filled(merged) };
  const sound = present ?? { ...possible, ...kind.filled(kind.defaults) };
  return asEvent(about, kind.codec, whole, present ?? kind.removed(identity), sound);
};

/** What could stand in fields that have no usual value: so that the others are read also while one of these is missing. */
const possible: Fields = {
  ...{ id: 'unnamed', layout: 'unnamed', repository: 'unnamed' },
  ...{ codename: 'sid', architecture: 'amd64', base: 'debian-sid' },
};

const asEvent = (
  about: string,
  codec: Kind['codec'],
  whole: Fields,
  present: ConfigurationEvent | undefined,
  sound: Fields,
): Read => {
  const strange = strangeFields(codec, whole);
  if (strange.length > 0) return left(strange.map((field) => unknownField(about, field)));
  const event = decode(codec, whole);
  if (isLeft(event))
    return left([
      ...misfits(codec, whole).map(misfitOf('malformed-declaration', about)),
      ...faultsBeside(codec, whole, sound),
    ]);
  return right(isSame(event.right, present) ? [] : [inOrder(codec, event.right)]);
};

/** What the rules say of the fields that can be read, so that all that is wrong is told at once. */
const faultsBeside = (codec: Kind['codec'], whole: Fields, sound: Fields): readonly Refusal[] => {
  const readable = decode(codec, withSoundFields(codec, whole, sound));
  return isLeft(readable) ? [] : faultsOf(readable.right);
};

const unknownField = (about: string, field: string): Refusal =>
  refusal('unknown-field', `${about} has no field "${field.slice(0, 60)}"`, 'look at what mini-buildd export writes');

const removals = (sections: Fields, present: Configuration): readonly ConfigurationEvent[] =>
  kinds.toReversed().flatMap((kind) => {
    const named = sections[kind.section];
    const kept = new Set(isFields(named) ? Object.keys(named) : []);
    return [...kind.all(present).keys()]
      .filter((name) => !kept.has(name))
      .map((name) => kind.removed(kind.identity(name)));
  });
