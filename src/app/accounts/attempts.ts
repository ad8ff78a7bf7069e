/** Tries that are left, by key. */
export type Attempts = {
  /** Takes a try; or, when there is none, gives the milliseconds until there is one. */
  readonly take: (key: string) => number;
  /** The try was a good one, and does not count. */
  readonly giveBack: (key: string) => void;
};

/** Keys remembered at once; with more, those that tried longest ago are forgotten. */
const mostKeys = 10_000;

/** `most` tries at once, and one more every `refill` milliseconds. */
export const attempts = (most: number, refill: number, now: () => number): Attempts => {
  /** When the key will have all its tries again. */
  const fullAt = new Map<string, number>();
  const remember = (key: string, full: number): void => {
    fullAt.delete(key);
    if (full > now()) fullAt.set(key, full);
    for (const oldest of fullAt.keys()) {
      if (fullAt.size <= mostKeys) break;
      fullAt.delete(oldest);
    }
  };
  return {
    take: (key) => {
      const known = fullAt.get(key) ?? 0;
      const before = Math.min(known, now() + most * refill);
      // Nobody waits longer because the clock was set back.
      if (before < known) remember(key, before);
      const full = Math.max(before, now()) + refill;
      const wait = full - now() - most * refill;
      if (wait <= 0) remember(key, full);
      return Math.max(0, wait);
    },
    giveBack: (key) => remember(key, (fullAt.get(key) ?? 0) - refill),
  };
};
