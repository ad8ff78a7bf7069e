import type { Instant } from '../codec.ts';
import type { Expiring } from './events.ts';

/** Something that ends, and when. */
export type Expiry = { readonly what: Expiring; readonly expiresAt: Instant };

const dayMs = 86_400_000;

/** Days before the end on which it is said. Certificates are renewed by a tool some weeks before: one that comes nearer has none. */
const daysBefore: Readonly<Record<Expiring['kind'], readonly number[]>> = {
  'archive-key': [90, 30, 7, 0],
  'uploader-key': [90, 30, 7, 0],
  'remote-key': [90, 30, 7, 0],
  certificate: [14, 7, 0],
};

/** The nearest of the days on which it is to be said that has come; `undefined` while the end is far. */
export const daysLeft = ({ what, expiresAt }: Expiry, now: number): number | undefined =>
  daysBefore[what.kind].findLast((days) => Date.parse(expiresAt) - now <= days * dayMs);

/** When it is to be said next, in milliseconds since 1970, after it was said for so many days; `undefined` when nothing more is to be said. */
export const saidNext = ({ what, expiresAt }: Expiry, said: number | undefined): number | undefined => {
  const days = daysBefore[what.kind].find((each) => said === undefined || each < said);
  return days === undefined ? undefined : Date.parse(expiresAt) - days * dayMs;
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
