import type { Instant } from '../codec.ts';
import type { Expiring } from './events.ts';

/** Something that ends, and when; of a certificate also from when on it counts. */
export type Expiry = { readonly what: Expiring; readonly expiresAt: Instant; readonly validFrom?: Instant };

const dayMs = 86_400_000;

/** Milliseconds before its end from which on nobody renews a certificate: a tool does so when a third of its time is left, or more. */
export const certificateNear = (validFrom: number, validUntil: number): number =>
  Math.min(14 * dayMs, (validUntil - validFrom) / 4);

/** Days before the end on which it is said. */
const daysBefore = ({ what, expiresAt, validFrom }: Expiry): readonly number[] => {
  if (what.kind !== 'certificate') return ofKeys;
  const from = validFrom === undefined ? Number.NEGATIVE_INFINITY : Date.parse(validFrom);
  const first = Math.floor(certificateNear(from, Date.parse(expiresAt)) / dayMs);
  return [first, ...[7, 0].filter((days) => days < first)];
};

const ofKeys = [90, 30, 7, 0];

/** The nearest of the days on which it is to be said that has come; `undefined` while the end is far. */
export const daysLeft = (expiry: Expiry, now: number): number | undefined =>
  daysBefore(expiry).findLast((days) => Date.parse(expiry.expiresAt) - now <= days * dayMs);

/** When it is to be said next, in milliseconds since 1970, after it was said for so many days; `undefined` when nothing more is to be said. */
export const saidNext = (expiry: Expiry, said: number | undefined): number | undefined => {
  const days = daysBefore(expiry).find((each) => said === undefined || each < said);
  return days === undefined ? undefined : Date.parse(expiry.expiresAt) - days * dayMs;
};

/** One thing, whenever it ends. */
export const expiringKey = (what: Expiring): string => {
  switch (what.kind) {
    case 'certificate':
      return what.kind;
    case 'archive-key':
      return `${what.kind}-${what.fingerprint}`;
    case 'uploader-key':
      return `${what.kind}-${what.account}-${what.fingerprint}`;
    case 'remote-key':
      return `${what.kind}-${what.remote}-${what.fingerprint}`;
  }
};

/** Whether it ended and breaks nothing by that: an uploader who needs no other key now leaves nothing undone. */
export const isDone = ({ what, expiresAt }: Expiry, now: number): boolean =>
  what.kind === 'uploader-key' && Date.parse(expiresAt) <= now;

/** When the first of each kind ends or ended, in milliseconds; what is done hides none that is to come. */
export const firstEnds = (expiries: readonly Expiry[], now: number): ReadonlyMap<Expiring['kind'], number> => {
  const ends = new Map<Expiring['kind'], number>();
  for (const { what, expiresAt } of expiries.filter((each) => !isDone(each, now)))
    ends.set(what.kind, Math.min(ends.get(what.kind) ?? Number.POSITIVE_INFINITY, Date.parse(expiresAt)));
  return ends;
};

/** What it is called, and what to do. It names no person. */
export const expiryWords = ({
  what,
  expiresAt,
}: Expiry): { readonly name: string; readonly on: string; readonly effect: string; readonly remedy: string } => ({
  on: expiresAt.slice(0, 10),
  ...wordsOf(what),
});

const wordsOf = (what: Expiring): { readonly name: string; readonly effect: string; readonly remedy: string } => {
  switch (what.kind) {
    case 'archive-key':
      return {
        name: `the archive key ${what.fingerprint}`,
        effect: 'apt believes nothing that it signed from then on, and nothing more is published with it',
        remedy: 'prolong it: archivekey prolong; or let a new one take its place: archivekey new',
      };
    case 'uploader-key':
      return {
        name: `the uploader key ${what.fingerprint}`,
        effect: 'uploads that it signed are rejected from then on',
        remedy: 'prolong it (gpg --quick-set-expire) and hand it in again (setuserkey): approvals stay',
      };
    case 'remote-key':
      return {
        name: `the key ${what.fingerprint} of remote ${what.remote}`,
        effect: 'nothing is exchanged with it from then on',
        remedy: 'its administrator prolongs it (archivekey prolong there); then remove it here and add it again',
      };
    case 'certificate':
      return {
        name: 'the certificate of HTTPS',
        effect: 'nobody trusts it from then on',
        remedy: 'renew it in its place: the daemon takes it from there by itself',
      };
  }
};
