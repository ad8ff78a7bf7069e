import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { EventId } from '../../domain/ids.ts';
import type { LogSealed } from '../../domain/seal/events.ts';
import type { EventLog, Position } from '../../ports/event-log.ts';
import { sealedLine } from './sealed-line.ts';

/** A run of events as a seal has it. */
type Range = { readonly events: number; readonly upTo: EventId | undefined; readonly sha256: Sha256 };

/** Keeps the event loop for some 2 ms. */
const pageSize = 100;

/** `gently` leaves the event loop to others for longer than it takes it: nobody waits. `at-once`: somebody does, and others hardly. */
export type Pace = 'gently' | 'at-once';

/** How long others have the event loop for each moment that a page takes it. */
const restFor = { gently: 2, 'at-once': 0 } as const satisfies Record<Pace, number>;

/**
 * Reads what stands after `after`, up to and with the event at `until` or to the end, once and in order. It may be a million events, the first
 * time: others have the event loop after each page.
 */
export const readRange = async (
  log: Pick<EventLog, 'readAll'>,
  pace: Pace,
  after: Position | undefined,
  until?: Position,
): Promise<Range> => {
  const digest = createHash('sha256');
  let [events, upTo]: [number, EventId | undefined] = [0, undefined];
  for (let at = after; at === undefined || until === undefined || at < until; ) {
    const page = (await log.readAll(at, pageSize)).filter(({ position }) => until === undefined || position <= until);
    const last = page.at(-1);
    if (last === undefined) break;
    const began = performance.now();
    digest.update(page.map((event) => `${sealedLine(event)}\n`).join(''));
    [events, upTo, at] = [events + page.length, last.id, last.position];
    // What is short comes at the end, where there is nothing to make room for.
    if (page.length === pageSize) await pause(restFor[pace] * (performance.now() - began));
  }
  return { events, upTo, sha256: digest.digest('hex') as Sha256 };
};

/** A seal in the log. */
export type SealAt = { readonly sealed: LogSealed; readonly position: Position };

/**
 * Where the last event stands that a seal stands for: a few places before it, since it was signed while others went on. Rejects where the log
 * does not hold that event there.
 */
export const sealedUpTo = async (log: Pick<EventLog, 'query'>, { sealed, position }: SealAt): Promise<Position> => {
  for (let before: Position | undefined = position; before !== undefined; ) {
    const page = await log.query({ before, limit: pageSize });
    const found = page.find(({ id }) => id === sealed.upTo);
    if (found !== undefined) return found.position;
    before = page.at(-1)?.position;
  }
  throw new Error(`seal ${sealed.seal} names the event ${sealed.upTo}, and the log holds no such event before it`);
};
