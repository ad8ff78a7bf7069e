import { setTimeout as delay } from 'node:timers/promises';
import { isFinal, reasonOf } from './faults.ts';
import type { Horizon } from './horizon.ts';

/** How long we wait for the store; all in milliseconds. */
export type Patience = {
  /** For one answer, or between two parts of it. */
  readonly answerWithin: number;
  /** Before an outcome is left unknown. */
  readonly giveUpAfter: number;
  /** Before the first repeat; each further wait is twice as long. */
  readonly firstWait: number;
  readonly longestWait: number;
};

/**
 * Does what may be done twice until it is done. Rejects at once when the store refuses, and after `giveUpAfter`
 * when it does not answer: then the outcome is unknown.
 */
export const insist = async <A>(work: () => Promise<A>, patience: Patience, horizon: Horizon): Promise<A> => {
  const end = performance.now() + patience.giveUpAfter;
  for (let wait = patience.firstWait; ; wait = nextWait(wait, patience)) {
    try {
      const answer = await work();
      horizon.reached();
      return answer;
    } catch (error) {
      if (isFinal(error)) throw error;
      horizon.missed(reasonOf(error));
      if (performance.now() + wait > end) throw givenUp(error, patience);
      await delay(wait);
    }
  }
};

export const nextWait = (wait: number, { longestWait }: Patience): number => Math.min(2 * wait, longestWait);

/** Rejects when `answer` takes too long; what it says later is heard by nobody. */
export const within = async <A>(milliseconds: number, answer: Promise<A>): Promise<A> => {
  const giveUp = new AbortController();
  const silence = delay(milliseconds, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error(`no answer within ${milliseconds} ms`);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    silence.catch(() => undefined);
    giveUp.abort();
  }
};

const givenUp = (cause: unknown, { giveUpAfter }: Patience): Error =>
  new Error(`The event store did not answer for ${giveUpAfter} ms, last: ${reasonOf(cause)}`, { cause });
