import { interval, map, timer } from 'rxjs';
import type { Clock } from '../../ports/clock.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: Date.now,
  awake: () => performance.now(),
  after: (milliseconds) => timer(milliseconds).pipe(map(() => undefined)),
  every: (milliseconds) => interval(milliseconds).pipe(map(() => undefined)),
};
