import { type Configuration, configure, noConfiguration } from '../../domain/configuration/configuration.ts';
import { type DaemonEvent, decodeEvent, type EventType } from '../../domain/event.ts';
import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';

/** What the configuration is folded from. */
const types: readonly EventType[] = [
  'InstanceConfigured',
  'ArchiveKeyGenerated',
  'ArchiveKeyRetirementScheduled',
  'ArchiveKeyRetirementCancelled',
  'ArchiveKeyRetired',
  'ArchiveKeyExpirySet',
  'SourceConfigured',
  'SourceRemoved',
  'DistributionConfigured',
  'DistributionRemoved',
  'LayoutConfigured',
  'LayoutRemoved',
  'RepositoryConfigured',
  'RepositoryRemoved',
  'RetentionConfigured',
  'ChrootConfigured',
  'ChrootRemoved',
  'RemoteConfigured',
  'RemoteRemoved',
];

const page = 500;

/** The present configuration without the rest of the world: for verbs on the host, whatever the length of the log. */
export const readConfiguration = async (log: EventLog): Promise<Configuration> => {
  const events: RecordedEvent[] = [];
  for (const type of types) events.push(...(await allOf(type, log)));
  return events
    .sort((one, other) => (one.position < other.position ? -1 : 1))
    .map(({ body, position }): DaemonEvent => decodeEvent(body, `the event at ${position}`))
    .reduce(configure, noConfiguration);
};

const allOf = async (type: EventType, log: EventLog): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for (let before: Position | undefined; ; before = events.at(-1)?.position) {
    const found = await log.query({ type, limit: page, ...(before === undefined ? {} : { before }) });
    events.push(...found);
    if (found.length < page) return events;
  }
};
