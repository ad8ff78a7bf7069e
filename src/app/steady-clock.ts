import type { Clock } from '../ports/clock.ts';
import { type RecordedClock, shortestLeap } from '../projections/recorded-clock.ts';

const dayInMs = 86_400_000;

/** So long somebody, or NTP, has to put it right. Milliseconds, while the daemon runs. */
const settles = dayInMs;

/** The clock went on by `by` milliseconds more than passed here; `left`: so many are still to pass before it is believed. */
export type ClockLeap = { readonly by: number; readonly left: number };

/** Whether what cannot be taken back may be done on the word of the clock. */
export type SteadyClock = {
  /** The leap after which it is not believed yet. */
  readonly leap: () => ClockLeap | undefined;
  readonly isSteady: () => boolean;
};

/**
 * Holds the clock against how long this daemon was awake, and at its start against the events of before (`recorded`). After a leap ahead it is not believed for a
 * day, whether it was wrong or the machine was off; when it is set back in that time, at once. Who is started again within that day does not believe it either: events
 * of the life before were dated by the same clock.
 */
export const steadyClock = (clock: Clock, recorded: Readonly<RecordedClock>): SteadyClock => {
  let seen = { now: recorded.until ?? clock.now(), awake: clock.awake() };
  const since = recorded.leap === undefined ? settles : clock.now() - recorded.leap.at;
  const isRecent = since >= 0 && since < settles;
  let ahead = isRecent ? (recorded.leap?.by ?? 0) : 0;
  let until = clock.awake() + settles - since;
  const look = (): ClockLeap | undefined => {
    const { now, awake } = { now: clock.now(), awake: clock.awake() };
    const by = now - seen.now - (awake - seen.awake);
    seen = { now, awake };
    if (ahead > 0 && awake >= until) ahead = 0;
    if (Math.abs(by) >= shortestLeap) {
      ahead = Math.max(0, ahead + by);
      if (by > 0) until = awake + settles;
    }
    return ahead < shortestLeap ? undefined : { by: ahead, left: until - awake };
  };
  look();
  return { leap: look, isSteady: () => look() === undefined };
};
