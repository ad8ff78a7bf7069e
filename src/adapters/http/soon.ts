import { setTimeout as pause } from 'node:timers/promises';

/** What `work` gives, when it gives it within so many milliseconds; it goes on in any case. Rejects as it does. */
export const soon = async <A>(work: Promise<A>, within: number): Promise<{ readonly came: A } | undefined> => {
  const enough = new AbortController();
  const late = pause(within, undefined, { signal: enough.signal }).catch(() => undefined);
  // Whoever stopped waiting is not there to be told.
  work.catch(() => undefined);
  try {
    return await Promise.race([work.then((came) => ({ came })), late]);
  } finally {
    enough.abort();
  }
};
