import * as t from 'io-ts';
import { Count, Instant } from '../codec.ts';

/** The last backup that was taken of a home, as who took it says. */
export const LastBackup = t.strict(
  {
    taken: Instant,
    events: Count,
    files: Count,
    bytes: Count,
    /** Files that were damaged, and are not in it. */
    missing: Count,
  },
  'LastBackup',
);
export type LastBackup = t.TypeOf<typeof LastBackup>;

/** Who backs up every week is not warned because one ran late. Milliseconds. */
export const longestWithoutBackup = 8 * 24 * 3_600_000;
