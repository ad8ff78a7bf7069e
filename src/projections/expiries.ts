import type { Instant } from '../domain/codec.ts';
import { daysLeft, type Expiry, expiringKey, saidNext } from '../domain/expiry/expiry.ts';
import type { Recorded } from './recorded.ts';

/** What was said last of each thing that ends. Folded in place: ask, do not keep. */
export type Expiries = Map<string, { readonly expiresAt: Instant; readonly days: number }>;

export const noExpiries = (): Expiries => new Map();

export const foldExpiries = (expiries: Expiries, { event }: Recorded): void => {
  if (event.type !== 'ExpiryAnnounced') return;
  const { what, expiresAt, days } = event;
  expiries.set(expiringKey(what), { expiresAt, days });
};

/** The number of days that is to be said now; `undefined` when it was, or nothing is near. Days that passed unsaid are not made up for. */
export const owedDays = (expiries: Expiries, expiry: Expiry, now: number): number | undefined => {
  const days = daysLeft(expiry, now);
  const said = expiries.get(expiringKey(expiry.what));
  return days === undefined || (said?.expiresAt === expiry.expiresAt && said.days <= days) ? undefined : days;
};

export type OwedExpiry = Expiry & { readonly days: number };

/**
 * What is to be said now of all that was found, asked after each event. Everything stands in the order in which something is to be said of it, so that what ends late, or
 * was said, is not looked at.
 */
export const owedExpiries = (): ((found: readonly Expiry[], said: Expiries, now: number) => readonly OwedExpiry[]) => {
  let ordered: readonly Expiry[] | undefined;
  let coming: readonly Coming[] = [];
  return (found, said, now) => {
    if (ordered !== found) {
      ordered = found;
      coming = inOrder(found.flatMap((expiry) => comingOf(expiry, said)));
    }
    const count = coming.findIndex(({ at }) => at > now);
    const come = count === 0 ? [] : coming.slice(0, count < 0 ? coming.length : count);
    const owed = come.flatMap(({ expiry }) => {
      const days = owedDays(said, expiry, now);
      return days === undefined ? [] : [{ ...expiry, days }];
    });
    // Some were said meanwhile: their next time is another.
    if (owed.length < come.length) {
      coming = inOrder([...come.flatMap(({ expiry }) => comingOf(expiry, said)), ...coming.slice(come.length)]);
    }
    return owed;
  };
};

type Coming = { readonly expiry: Expiry; readonly at: number };

const inOrder = (coming: readonly Coming[]): readonly Coming[] => coming.toSorted((one, other) => one.at - other.at);

const comingOf = (expiry: Expiry, expiries: Expiries): readonly Coming[] => {
  const said = expiries.get(expiringKey(expiry.what));
  const at = saidNext(expiry, said?.expiresAt === expiry.expiresAt ? said.days : undefined);
  return at === undefined ? [] : [{ expiry, at }];
};
