import type { Instant } from '../domain/codec.ts';
import type { Recorded } from './recorded.ts';

const dayInMs = 86_400_000;

/** Machines sleep, or are off, for a few days; clocks that are wrong are mostly wrong by months and years. Milliseconds. */
export const shortestLeap = 7 * dayInMs;

/**
 * What the log says of the clock. `until`: when the last event was recorded. `leap`: the last event that was recorded a week or more after the one
 * before it, `by` milliseconds. Folded in place: ask, do not keep.
 */
export type RecordedClock = {
  until: number | undefined;
  leap: { readonly at: number; readonly by: number } | undefined;
};

export const noRecordedClock = (): RecordedClock => ({ until: undefined, leap: undefined });

export const foldRecordedClock = (clock: RecordedClock, { recordedAt }: Recorded): void => {
  const at = Date.parse(recordedAt);
  if (clock.until !== undefined && at - clock.until >= shortestLeap) clock.leap = { at, by: at - clock.until };
  clock.until = at;
};

/**
 * Whether `date` is of a clock that leapt ahead and was set back since, to some time after what was recorded before. What is ahead by less than a day is not
 * worth it.
 */
export const isOfWrongClock = ({ leap }: RecordedClock, date: Instant, now: number): boolean =>
  leap !== undefined && now >= leap.at - leap.by && now < leap.at && Date.parse(date) - now > dayInMs;
