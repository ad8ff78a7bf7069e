import { catchError, defer, exhaustMap, ignoreElements, merge, type Observable, of } from 'rxjs';
import type { ArchiveLink } from '../ports/archive-link.ts';
import type { Clock } from '../ports/clock.ts';
import type { Fault } from './once-each.ts';

const everyMs = 5_000;

/** Says again and again that this process lives. */
export const callRoll = (clock: Clock, archive: Pick<ArchiveLink, 'alive'>, token: number): Observable<Fault> =>
  merge(of(undefined), clock.every(everyMs)).pipe(
    exhaustMap(() =>
      defer(() => archive.alive(token)).pipe(
        ignoreElements(),
        catchError((error: unknown) => of({ duty: 'call-roll', item: 'archive', error, againInMs: everyMs })),
      ),
    ),
  );
