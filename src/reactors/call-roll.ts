import { catchError, defer, exhaustMap, filter, ignoreElements, merge, type Observable, of } from 'rxjs';
import type { ArchiveLink } from '../ports/archive-link.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Fault } from './once-each.ts';

const everyMs = 5_000;

/**
 * Says again and again that this process lives, as long as it can write to the log: what it cannot report is nobody's until its lease ends.
 */
export const callRoll = (
  clock: Clock,
  archive: Pick<ArchiveLink, 'alive'>,
  log: Pick<EventLog, 'state'>,
  token: number,
): Observable<Fault> =>
  merge(of(undefined), clock.every(everyMs)).pipe(
    filter(() => log.state().status === 'writable'),
    exhaustMap(() =>
      defer(() => archive.alive(token)).pipe(
        ignoreElements(),
        catchError((error: unknown) => of({ duty: 'call-roll', item: 'archive', error, againInMs: everyMs })),
      ),
    ),
  );
