import type { Observable } from 'rxjs';

/**
 * Whether anything happened since one looked. Count, look, then wait beyond the count: what happens between the look
 * and the waiting is not missed, and any number of readers cost one subscription.
 */
export type Pulse = {
  readonly count: () => number;
  /** Resolves when the count is beyond `seen`, after `milliseconds`, or when `signal` fires: look again. */
  readonly beyond: (seen: number, milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly stop: () => void;
};

export const pulse = (changes$: Observable<unknown>, first = 0): Pulse => {
  let count = first;
  const waiting = new Set<() => void>();
  const beat = (): void => {
    count += 1;
    for (const wake of [...waiting]) wake();
  };
  const subscription = changes$.subscribe({ next: beat, error: beat });
  return {
    count: () => count,
    beyond: (seen, milliseconds, signal) =>
      new Promise((resolve) => {
        if (count > seen || signal.aborted) return resolve();
        const wake = (): void => {
          waiting.delete(wake);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, milliseconds);
        signal.addEventListener('abort', wake);
        waiting.add(wake);
      }),
    stop: () => subscription.unsubscribe(),
  };
};
