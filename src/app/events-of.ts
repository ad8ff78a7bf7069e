import { type DaemonEvent, decodeEvent } from '../domain/event.ts';
import type { StreamName } from '../domain/ids.ts';
import type { EventLog } from '../ports/event-log.ts';

/** What a stream says, asked of the log itself: projections forget, the log does not. */
export const eventsOf = async (
  log: Pick<EventLog, 'readStream'>,
  stream: StreamName,
): Promise<readonly DaemonEvent[]> =>
  (await log.readStream(stream)).map(({ body, revision }) => decodeEvent(body, `event ${revision} of ${stream}`));
