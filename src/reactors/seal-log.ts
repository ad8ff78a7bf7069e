import { merge, type Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { isSealDue, nextSeal } from '../projections/seals.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What is done about seals: making the next one, and holding the last one against the log. */
export type SealWork = {
  readonly make: () => Promise<void>;
  /** The last seal that was looked at in this life, whatever was found. */
  readonly looked: () => number | undefined;
  readonly check: () => Promise<void>;
};

/** Seals the log hourly when it grew, and looks at each seal once: what we signed, and at start what an earlier life did. */
export const sealLog = (world$: Observable<World>, clock: Clock, work: SealWork): Observable<Fault> =>
  merge(
    onceEach(world$, clock, {
      name: 'seal-log',
      owed: (world) => (isSealDue(world, clock.now()) ? [nextSeal(world.seals)] : []),
      key: String,
      pauses,
      work: work.make,
    }),
    onceEach(world$, clock, {
      name: 'check-seals',
      owed: ({ seals: { last } }) =>
        last === undefined || last.sealed.seal === work.looked() ? [] : [last.sealed.seal],
      key: String,
      pauses,
      work: work.check,
    }),
  );

/** Nobody waits for a seal. Milliseconds. */
const pauses = { first: 5_000, longest: 600_000 };
