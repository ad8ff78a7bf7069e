import { type Configuration, configure, noConfiguration } from '../../domain/configuration/configuration.ts';
import { type Difference, difference } from '../../domain/configuration/declaration/difference.ts';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import { decodeEvent } from '../../domain/event.ts';
import type { EventLog, RecordedEvent } from '../../ports/event-log.ts';
import { digestOf, type Subject } from './subjects.ts';

/** One time that an object became something else. */
export type Change = {
  readonly recorded: RecordedEvent;
  readonly difference: Difference;
  /** Names what it was from then on: see `digestOf`. */
  readonly digest: string;
  /** With nothing but this object in it, as it was from then on. */
  readonly after: Configuration;
};

/** More than anybody looks through. */
const mostChanges = 200;

/** What was said of an object, the oldest first. */
export const changesOf = async (
  log: Pick<EventLog, 'query'>,
  subject: Subject,
  name: string,
): Promise<readonly Change[]> => {
  const stream = subject.stream(name);
  const found = await Promise.all(subject.types.map((type) => log.query({ stream, type, limit: mostChanges })));
  let present = noConfiguration;
  return found
    .flat()
    .sort((one, other) => (one.position < other.position ? -1 : 1))
    .map((recorded) => {
      const event = decodeEvent(recorded.body, `the event at ${recorded.position}`) as ConfigurationEvent;
      const changed = difference(present, event);
      present = configure(present, event);
      return { recorded, difference: changed, digest: digestOf(subject.said(present, name)), after: present };
    });
};
