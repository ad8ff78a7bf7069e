import { isLeft } from 'fp-ts/lib/Either.js';
import { parseRelease } from '../debian/release.ts';

const dayMs = 86_400_000;

/** When an archive says that its suite changed last (`Date`), in milliseconds; `undefined` when it says nothing that can be read. */
export const releasedAt = (release: string): number | undefined => {
  const parsed = parseRelease(release);
  const at = isLeft(parsed) ? Number.NaN : Date.parse(parsed.right.date ?? '');
  return Number.isNaN(at) ? undefined : at;
};

/**
 * Whether a template should be made anew because the suite it was made of changed since. At most once a day: unstable changes four times in one, and
 * a date of an archive whose clock is ahead stays newer. Milliseconds.
 */
export const isOvertaken = (preparedAt: number, released: number, now: number): boolean =>
  released > preparedAt && now - preparedAt >= dayMs;
