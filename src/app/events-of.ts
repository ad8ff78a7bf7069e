import { type DaemonEvent, decodeEvent } from '../domain/event.ts';
import type { StreamName } from '../domain/ids.ts';
import type { EventLog, RecordedEvent } from '../ports/event-log.ts';
import type { Recorded } from '../projections/recorded.ts';

/** What a stream says, asked of the log itself: projections forget, the log does not. */
export const recordedOf = async (log: Pick<EventLog, 'readStream'>, stream: StreamName): Promise<readonly Recorded[]> =>
  (await log.readStream(stream)).map(recordedAs);

/** An event that the log found. */
export const recordedAs = ({ body, ...envelope }: RecordedEvent): Recorded => ({
  ...envelope,
  event: decodeEvent(body, `event ${envelope.revision} of ${envelope.stream}`),
});

/** The same without who, when and why. */
export const eventsOf = async (
  log: Pick<EventLog, 'readStream'>,
  stream: StreamName,
): Promise<readonly DaemonEvent[]> => decoded(await log.readStream(stream));

export const decoded = (events: readonly RecordedEvent[]): readonly DaemonEvent[] =>
  events.map(({ body, revision, stream }) => decodeEvent(body, `event ${revision} of ${stream}`));
