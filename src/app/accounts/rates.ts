import { refusal } from '../../domain/refusal.ts';
import type { TurnedAway } from '../../ports/access.ts';
import { type Attempts, attempts } from './attempts.ts';

/**
 * Everything that costs us or helps who guesses, and how often it may be had: so many at once, and one more every so many
 * milliseconds. Kept in memory: a restart forgets.
 */
export const rates = (now: () => number) => ({
  /**
   * Wrong passwords. A stranger who fails on purpose shall not lock an owner out for long; tokens and sessions go on in any case, and who has
   * a session has tries of their own, which nobody else uses up.
   */
  wrongPasswords: {
    byNetwork: attempts(10, 20_000, now),
    byLogin: attempts(20, 30_000, now),
    bySession: attempts(10, 20_000, now),
  },
  /** Mails with links: nobody is to be flooded through us, and the mail server is not to think that we do it. */
  mails: {
    byNetwork: attempts(5, 10 * 60_000, now),
    byAddressee: attempts(3, 8 * 3_600_000, now),
    altogether: attempts(100, 60_000, now),
  },
  links: attempts(20, 30_000, now),
  /** Each way to an identity provider and back asks it something, in our name. */
  signOns: { leaving: attempts(60, 5_000, now), back: attempts(20, 20_000, now) },
  /** Commands. What apt reads is not among them. */
  commands: { byNetwork: attempts(1000, 20, now), byAccount: attempts(2000, 10, now) },
});

export type Rates = ReturnType<typeof rates>;

/** `undefined` when nobody has to wait. `fact`: what there was too much of. */
export const toWait = (milliseconds: number, fact: string, rule = 'too-many-attempts'): TurnedAway | undefined => {
  if (milliseconds === 0) return undefined;
  const retryAfter = Math.ceil(milliseconds / 1000);
  return { because: refusal(rule, fact, `wait ${retryAfter} seconds`), retryAfter };
};

export type Try = { readonly tries: Attempts; readonly key: string };

/** Takes one try of each, or none of any and the milliseconds to wait. */
export const takeEach = (wanted: readonly Try[]): { readonly wait: number; readonly giveBack: () => void } => {
  const taken: Try[] = [];
  const giveBack = (): void => {
    for (const { tries, key } of taken.splice(0)) tries.giveBack(key);
  };
  for (const one of wanted) {
    const wait = one.tries.take(one.key);
    if (wait > 0) {
      giveBack();
      return { wait, giveBack };
    }
    taken.push(one);
  }
  return { wait: 0, giveBack };
};
