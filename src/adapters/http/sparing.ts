import { setTimeout as pause } from 'node:timers/promises';
import type { Pulse } from './pulse.ts';

type Changes = Pick<Pulse, 'count' | 'beyond'>;

/** What something is made in is a small part of the time. */
const rests = 19;

/**
 * Changes for one who follows what may take long to make: however often something happens, they rest for `rests` times as long as the last
 * making took, up to `longest` milliseconds. So a stranger who watches a long list costs a twentieth of a processor at most.
 */
export const sparing = (changes: Changes, longest: number, now: () => number = () => performance.now()) => {
  let took = 0;
  return {
    timed:
      <Asked, Made>(make: (asked: Asked) => Promise<Made>) =>
      async (asked: Asked): Promise<Made> => {
        const begun = now();
        try {
          return await make(asked);
        } finally {
          took = now() - begun;
        }
      },
    changes: {
      count: changes.count,
      beyond: async (seen: number, milliseconds: number, signal: AbortSignal): Promise<void> => {
        const rest = Math.min(rests * took, longest);
        if (rest >= 1) await pause(rest, undefined, { signal }).catch(() => undefined);
        await changes.beyond(seen, milliseconds, signal);
      },
    },
  };
};
