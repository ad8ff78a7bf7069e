import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { idleChecks } from '../projections/checks-owed.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Cancels checks that nobody waits for: their upload came to nothing, or they are switched off since. */
export const cancelChecks = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'cancel-checks',
    owed: idleChecks,
    key: ({ check }) => check.id,
    work: ({ check, because: reason }) =>
      tell(
        { command: 'CancelCheck', check: check.id, reason },
        duty('cancel-checks', check.requested.upload, check.changedBy),
      ),
  });
