import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { dueKeys } from '../projections/keyrings-owed.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Retires keys on their date; one that waits for keyring packages, not before each of them carries the newest key; none on the word of a clock that leapt. */
export const retireArchiveKeys = (
  world$: Observable<World>,
  clock: Clock,
  isSteady: () => boolean,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'retire-archive-keys',
    owed: (world) => {
      const due = dueKeys(world, clock.now());
      return due.length > 0 && isSteady() ? due : [];
    },
    key: ({ fingerprint }) => fingerprint,
    work: ({ fingerprint, retiresAt }) =>
      tell({ command: 'RetireArchiveKey', fingerprint, retiresAt }, duty('retire-archive-keys', fingerprint)),
  });
