import type { Clock } from '../ports/clock.ts';

/**
 * The work is done and must not be done again because the log was away: keep saying it until it is heard. A daemon that
 * stops gives up, and the next one gives the work back.
 */
export const insist = async <T>(say: () => Promise<T>, stop: AbortSignal, clock: Clock): Promise<T> => {
  for (let pause = 250; ; pause = Math.min(pause * 2, 30_000)) {
    try {
      return await say();
    } catch (error) {
      if (stop.aborted) throw error;
      await new Promise<void>((resolve) => {
        clock.after(pause).forEach(resolve).catch(resolve);
      });
    }
  }
};
