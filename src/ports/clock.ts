import type { Observable } from 'rxjs';

/** Time, so that a test can own it. Milliseconds. */
export interface Clock {
  readonly now: () => number;
  /** How long this machine did not sleep, counted from whenever: nobody sets it. */
  readonly awake: () => number;
  /** Emits once after `milliseconds`. */
  readonly after: (milliseconds: number) => Observable<void>;
  /** Emits again and again, the first time after `milliseconds`. */
  readonly every: (milliseconds: number) => Observable<void>;
}
