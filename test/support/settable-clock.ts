import type { TestContext } from 'node:test';
import { type ManualClock, manualClock } from './manual-clock.ts';

export const yearMs = 365 * 86_400_000;

/** The clock of this process, which a test sets while time stands still: what the machine says of itself by either of its clocks. */
export const settableClock = (test: TestContext): ManualClock => {
  const clock = manualClock(Date.now());
  test.mock.method(Date, 'now', clock.now);
  test.mock.method(performance, 'now', clock.awake);
  return clock;
};
