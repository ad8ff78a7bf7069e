import { catchError, defer, exhaustMap, ignoreElements, merge, type Observable, of } from 'rxjs';
import type { NodeName } from '../domain/node/events.ts';
import { nodeStream } from '../domain/stream.ts';
import type { ArchiveLink } from '../ports/archive-link.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Fault } from './once-each.ts';

const everyMs = 5_000;

/** Says again and again that this process lives, as long as it can write to the log: builds whose end it cannot report are to go to others. */
export const callRoll = (
  clock: Clock,
  archive: Pick<ArchiveLink, 'alive'>,
  log: Pick<EventLog, 'state' | 'readStream'>,
  node: NodeName,
  token: number,
): Observable<Fault> =>
  merge(of(undefined), clock.every(everyMs)).pipe(
    exhaustMap(() =>
      defer(async () => {
        if (await takesEvents(log, node)) await archive.alive(token);
      }).pipe(
        ignoreElements(),
        catchError((error: unknown) => of({ duty: 'call-roll', item: 'archive', error, againInMs: everyMs })),
      ),
    ),
  );

/** A log that was away is asked: where nothing else asks it, it would not learn that it is back. */
const takesEvents = async (log: Pick<EventLog, 'state' | 'readStream'>, node: NodeName): Promise<boolean> => {
  const isWritable = (): boolean => log.state().status === 'writable';
  if (!isWritable()) await log.readStream(nodeStream(node)).catch(() => undefined);
  return isWritable();
};
