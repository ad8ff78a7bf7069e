import { catchError, defer, exhaustMap, ignoreElements, merge, type Observable, of } from 'rxjs';
import type { NodeName } from '../domain/node/events.ts';
import { nodeStream } from '../domain/stream.ts';
import type { ArchiveLink } from '../ports/archive-link.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Fault } from './once-each.ts';

const everyMs = 5_000;

/**
 * Says again and again that this process lives, or why it cannot write to the log: builds whose end it cannot report are to go to others, and somebody
 * is to know why.
 */
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
        await archive.alive(token, await waitsFor(log, node));
      }).pipe(
        ignoreElements(),
        catchError((error: unknown) => of({ duty: 'call-roll', item: 'archive', error, againInMs: everyMs })),
      ),
    ),
  );

/** A log that was away is asked: where nothing else asks it, it would not learn that it is back. */
const waitsFor = async (log: Pick<EventLog, 'state' | 'readStream'>, node: NodeName): Promise<string | undefined> => {
  if (log.state().status !== 'writable') await log.readStream(nodeStream(node)).catch(() => undefined);
  const state = log.state();
  return state.status === 'writable' ? undefined : state.reason;
};
