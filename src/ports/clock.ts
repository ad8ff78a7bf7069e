import type { Observable } from 'rxjs';

/** Time, so that a test can own it. Milliseconds. */
export interface Clock {
  readonly now: () => number;
  /** Emits once after `milliseconds`. */
  readonly after: (milliseconds: number) => Observable<void>;
  /** Emits again and again, the first time after `milliseconds`. */
  readonly every: (milliseconds: number) => Observable<void>;
}
