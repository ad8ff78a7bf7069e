import { Observable } from 'rxjs';
import type { Clock } from '../../src/ports/clock.ts';

/** A clock that stands still until it is told how much time has passed. */
export type ManualClock = Clock & {
  /** Lets time pass; whatever falls due meanwhile happens in order, each at its own instant. */
  readonly advance: (milliseconds: number) => void;
  /** As a machine that slept: all that fell due meanwhile happens now, each thing once. */
  readonly leap: (milliseconds: number) => void;
  /** Somebody sets it, so much later or earlier: what falls due does so after as long as before, as a timer of the kernel. */
  readonly set: (milliseconds: number) => void;
  /** When something falls due next; `undefined` when nobody waits for anything. */
  readonly upcoming: () => number | undefined;
};

type Alarm = { readonly at: number; readonly ring: () => void };

/** `start` in milliseconds since 1970; the usual one is 22 November 2026, 10:15 in UTC. */
export const manualClock = (start = Date.UTC(2026, 10, 22, 10, 15)): ManualClock => {
  let now = start;
  let slept = 0;
  let wrong = 0;
  const alarms = new Set<Alarm>();

  const at = (instant: number, ring: () => void): (() => void) => {
    const alarm = { at: instant, ring };
    alarms.add(alarm);
    return () => alarms.delete(alarm);
  };

  /** Of several at one instant the one that was set first. */
  const next = (until: number): Alarm | undefined => {
    let first: Alarm | undefined;
    for (const alarm of alarms) if (alarm.at <= until && (first === undefined || alarm.at < first.at)) first = alarm;
    return first;
  };

  return {
    now: () => now + wrong,
    upcoming: () => {
      const first = next(Number.POSITIVE_INFINITY);
      return first && first.at + wrong;
    },
    set: (milliseconds) => {
      wrong += milliseconds;
    },
    after: (milliseconds) =>
      new Observable((subscriber) =>
        at(now + milliseconds, () => {
          subscriber.next();
          subscriber.complete();
        }),
      ),
    every: (milliseconds) =>
      new Observable((subscriber) => {
        let cancel = () => {};
        const again = (): void => {
          cancel = at(now + milliseconds, () => {
            again();
            subscriber.next();
          });
        };
        again();
        return () => cancel();
      }),
    awake: () => now - slept,
    leap: (milliseconds) => {
      now += milliseconds;
      slept += milliseconds;
      for (const alarm of [...alarms].filter(({ at }) => at <= now).toSorted((one, other) => one.at - other.at))
        if (alarms.delete(alarm)) alarm.ring();
    },
    advance: (milliseconds) => {
      const until = now + milliseconds;
      for (let alarm = next(until); alarm !== undefined; alarm = next(until)) {
        alarms.delete(alarm);
        now = alarm.at;
        alarm.ring();
      }
      now = until;
    },
  };
};
