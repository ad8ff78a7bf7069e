import { createHash } from 'node:crypto';
import { inOrder } from '../../domain/codec-fields.ts';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import { fieldsOf, instanceFields } from '../../domain/configuration/declaration/declare.ts';
import { type Fields, type Kind, kinds } from '../../domain/configuration/declaration/kinds.ts';
import { InstanceConfigured } from '../../domain/configuration/events.ts';
import { type Field, fieldsOfCodec } from '../../domain/form/shape.ts';
import type { StreamName } from '../../domain/ids.ts';
import { instanceStream, streamOf } from '../../domain/stream.ts';

/** What an administrator declares, as pages speak of it: the instance itself, and every kind of which there may be many. */
export type Subject = {
  readonly section: string;
  readonly noun: string;
  /** `undefined` for the instance, which is neither added nor removed. */
  readonly kind: Kind | undefined;
  readonly fields: readonly Field[];
  readonly names: (configuration: Configuration) => readonly string[];
  /** What is declared of it, without its name; `undefined` when it is not there. */
  readonly said: (configuration: Configuration, name: string) => Fields | undefined;
  /** The part of a document that declares `fields` of it. */
  readonly document: (name: string, fields: Fields) => Fields;
  readonly stream: (name: string) => StreamName;
  /** Types of the events that say what it is, and that it is no more. */
  readonly types: readonly string[];
};

const instance: Subject = {
  section: 'instance',
  noun: 'instance',
  kind: undefined,
  fields: fieldsOfCodec(InstanceConfigured, new Set(['instance', 'hostname', 'url', 'ftpPort'])),
  names: () => ['instance'],
  said: ({ instance: present }) => {
    if (present === undefined) return undefined;
    const { identity: _, ...fields } = instanceFields(present);
    return fields;
  },
  document: (_name, fields) => ({ instance: fields }),
  stream: () => instanceStream,
  types: ['InstanceConfigured'],
};

const declared = (kind: Kind): Subject => {
  const type = (kind.codec as unknown as { readonly name: string }).name;
  const removed = kind.removed(kind.identity('a-name'));
  return {
    section: kind.section,
    noun: kind.noun,
    kind,
    fields: fieldsOfCodec(kind.codec, new Set(Object.keys(kind.identity('a-name')))),
    names: (configuration) => [...kind.all(configuration).keys()].sort(),
    said: (configuration, name) => {
      const event = kind.all(configuration).get(name);
      return event && fieldsOf(kind, name, event);
    },
    document: (name, fields) => ({ [kind.section]: { [name]: inOrder(kind.codec, fields) } }),
    stream: (name) => streamOf(kind.removed(kind.identity(name))),
    types: [...new Set([type, removed.type])],
  };
};

export const subjects: readonly Subject[] = [instance, ...kinds.map(declared)];

export const subjectOf = (section: string): Subject | undefined => subjects.find((each) => each.section === section);

/** Names what was shown, so that who changes it later is told when it has become something else meanwhile. */
export const digestOf = (said: unknown): string =>
  said === undefined ? 'nothing' : createHash('sha256').update(JSON.stringify(said)).digest('base64url').slice(0, 22);
