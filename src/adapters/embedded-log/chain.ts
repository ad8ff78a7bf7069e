import { hash } from 'node:crypto';
import type { Position } from '../../ports/event-log.ts';

/** What the first event follows. */
export const genesis = '0'.repeat(64);

/**
 * The hash of one record: SHA-256, in hexadecimal, over the predecessor's hash, the position and the record as it is
 * stored. Whoever changes, drops or inserts a record has to change every hash after it, and the head.
 */
export const link = (previous: string, position: number, record: string): string =>
  hash('sha256', previous + written(position) + record);

/** Twenty digits, so that the order of strings is the order of numbers. */
export const written = (position: number): Position => String(position).padStart(20, '0') as Position;

type Link = { readonly position: number; readonly record: string; readonly hash: string };

/** The position of the first row whose hash does not follow from its predecessor's and its own bytes. */
export const firstWrong = (previous: string, rows: readonly Link[]): number | undefined =>
  rows.find(({ position, record, hash }, n) => link(rows[n - 1]?.hash ?? previous, position, record) !== hash)
    ?.position;
