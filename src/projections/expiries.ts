import type { Instant } from '../domain/codec.ts';
import { daysLeft, type Expiry, expiringKey } from '../domain/expiry/expiry.ts';
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
