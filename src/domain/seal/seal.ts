import { right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { LogSealed } from './events.ts';

export type SealCommand = { readonly command: 'SealLog' } & Omit<LogSealed, 'type'>;

/** So many events at most come between the last one that a seal stands for and the seal: whoever verifies keeps so many in hand. */
export const mostBetween = 2_000;

/** Each seal has a stream of its own: of two that are made at once exactly one is, and the next follows it. */
export const sealDecider: Decider<boolean, SealCommand, LogSealed, never> = {
  initial: false,
  evolve: () => true,
  decide: ({ command: _, ...sealed }, isSealed) => right(isSealed ? [] : [{ type: 'LogSealed', ...sealed }]),
};
