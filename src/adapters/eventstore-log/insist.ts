import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../../domain/reason.ts';
import { isDenied, isFinal } from './faults.ts';
import type { Patience, Store } from './store.ts';

/**
 * Does what may be done twice until it is done. Rejects at once when the store refuses or the log is closed, and after
 * `giveUpAfter` when no answer comes: then the outcome is unknown. So it is when `mayRepeat` rejects, which is asked before each repeat.
 */
export const insist = async <A>(
  { patience, horizon, closing }: Pick<Store, 'patience' | 'horizon' | 'closing'>,
  work: () => Promise<A>,
  mayRepeat?: () => Promise<void>,
): Promise<A> => {
  const end = performance.now() + patience.giveUpAfter;
  for (let wait = patience.firstWait; ; wait = nextWait(wait, patience)) {
    if (closing.aborted) throw new Error('The event log is closed');
    try {
      const answer = await work();
      horizon.reached();
      return answer;
    } catch (error) {
      if (!isFinal(error) || isDenied(error)) horizon.missed(error);
      if (isFinal(error)) throw error;
      if (performance.now() + wait > end) throw givenUp(error, patience);
    }
    await delay(wait, undefined, { signal: closing }).catch(() => undefined);
    await mayRepeat?.();
  }
};

export const nextWait = (wait: number, { longestWait }: Patience): number => Math.min(2 * wait, longestWait);

/** Rejects when the answer takes too long, which `over` tells whoever is asked; what it says later is heard by nobody. */
export const within = async <A>(milliseconds: number, asked: (over: AbortSignal) => Promise<A>): Promise<A> => {
  const late = new AbortController();
  const giveUp = new AbortController();
  const silence = delay(milliseconds, undefined, { signal: giveUp.signal }).then(() => {
    const why = new Error(`no answer within ${milliseconds} ms`);
    late.abort(why);
    throw why;
  });
  try {
    return await Promise.race([asked(late.signal), silence]);
  } finally {
    silence.catch(() => undefined);
    giveUp.abort();
  }
};

const givenUp = (cause: unknown, { giveUpAfter }: Patience): Error =>
  new Error(`The event store did not answer for ${giveUpAfter} ms, last: ${reasonOf(cause)}`, { cause });
