import { inOrder } from '../../codec-fields.ts';
import { type Configuration, chrootName } from '../configuration.ts';
import type { ConfigurationEvent, InstanceConfigured } from '../events.ts';
import { type Fields, type Kind, kinds } from './kinds.ts';

/** A configuration as one writes it down: sections, in them names, under them fields. */
export type Declaration = Readonly<Record<string, Fields>>;

/** Everything that is configured, as a declaration that applies to nothing. */
export const declare = (configuration: Configuration): Declaration => ({
  ...(configuration.instance === undefined ? {} : { instance: instanceFields(configuration.instance) }),
  ...Object.fromEntries(kinds.map((kind) => [kind.section, sectionOf(kind, configuration)])),
});

/** Hostname, address and ports follow the settings of the machine, and are not declared. */
export const instanceFields = ({ type, hostname, url, ftpPort, instance, ...said }: InstanceConfigured): Fields => ({
  identity: instance,
  ...said,
});

const sectionOf = (kind: Kind, configuration: Configuration): Fields =>
  Object.fromEntries([...kind.all(configuration)].map(([name, event]) => [name, fieldsOf(kind, name, event)]));

/** What an event says besides what it is about, in the order of its codec: events of earlier days have another one. */
export const fieldsOf = (kind: Kind, name: string, event: ConfigurationEvent): Fields => {
  const about = new Set(['type', ...Object.keys(kind.identity(name))]);
  return Object.fromEntries(Object.entries(inOrder(kind.codec, event)).filter(([field]) => !about.has(field)));
};

/** The kind and name of what a configuring or removing event is about; `undefined` for the instance and its key. */
export const objectOf = (event: ConfigurationEvent): { readonly kind: Kind; readonly name: string } | undefined => {
  const kind = kinds.find(({ noun }) => event.type.toLowerCase().startsWith(noun));
  const name = nameIn(event);
  return kind === undefined || name === undefined ? undefined : { kind, name };
};

const nameIn = (event: ConfigurationEvent): string | undefined => {
  switch (event.type) {
    case 'SourceConfigured':
    case 'SourceRemoved':
      return event.id;
    case 'LayoutConfigured':
    case 'LayoutRemoved':
      return event.layout;
    case 'DistributionConfigured':
    case 'DistributionRemoved':
      return event.codename;
    case 'RepositoryConfigured':
    case 'RepositoryRemoved':
    case 'RetentionConfigured':
      return event.repository;
    case 'ChrootConfigured':
    case 'ChrootRemoved':
      return chrootName(event);
    default:
      return undefined;
  }
};
