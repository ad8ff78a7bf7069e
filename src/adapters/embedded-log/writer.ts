import type { DatabaseSync } from 'node:sqlite';
import type { StreamName } from '../../domain/ids.ts';
import type { ExpectedRevision } from '../../ports/event-log.ts';
import { link } from './chain.ts';
import { isFaultOfOne } from './faults.ts';
import { eventText } from './records.ts';

/** One append. An event is its id and its record as JSON, still without stream, revision and time. */
export type Append = {
  readonly stream: StreamName;
  readonly expected: ExpectedRevision;
  /** When it was asked for, ISO 8601. */
  readonly at: string;
  readonly events: readonly { readonly id: string; readonly text: string }[];
};

/** What became of it: the recorded events as a JSON array, `'conflict'`, or why it cannot be taken. */
export type Outcome = { readonly recorded: string } | 'conflict' | { readonly refused: string };

/** The end of the log as it is written. */
export type Tail = { readonly position: number; readonly hash: string; readonly recordedAt: string };

export type Writer = (
  start: Tail,
  appends: readonly Append[],
) => { readonly tail: Tail; readonly outcomes: readonly Outcome[] };

/**
 * Writes a group of appends in one transaction, so that they share one sync; an append that cannot be taken leaves the
 * others alone. Gives the new tail and an outcome for each, none of which is acknowledged before the head is. Throws
 * when the transaction failed as a whole; then nothing of it is in the log. No position up to `reserved` is given.
 */
export const openWriter = (database: DatabaseSync, reserved: number): Writer => {
  const { head, ids, insert, savepoint, release } = statements(database);

  /** The end of the stream; -1 without one. */
  const standing = (stream: StreamName): number => Number(head.get(stream)?.revision ?? -1);

  const take = (tail: Tail, { stream, expected, at, events }: Append): readonly [Tail, Outcome] => {
    const next = expected === 'none' ? 0 : expected + 1;
    const stands = standing(stream) + 1;
    if (stands > next) return [tail, repeated(stream, next, events) ?? 'conflict'];
    if (stands < next) return [tail, 'conflict'];
    let end = tail;
    const recorded = events.map(({ text }, n) => {
      const recordedAt = at > end.recordedAt ? at : end.recordedAt;
      const record = `${JSON.stringify({ stream, revision: next + n, recordedAt }).slice(0, -1)},${text.slice(1)}`;
      const position = Math.max(end.position, reserved) + 1;
      end = { position, hash: link(end.hash, position, record), recordedAt };
      insert.run(position, record, end.hash);
      return eventText(position, record);
    });
    return [end, { recorded: `[${recorded.join(',')}]` }];
  };

  /** The events that stand there already, when they are these. */
  const repeated = (stream: StreamName, next: number, events: Append['events']): Outcome | undefined => {
    const there = ids.all(stream, next, events.length) as unknown as readonly {
      position: number;
      record: string;
      id: string;
    }[];
    if (there.length !== events.length || there.some(({ id }, n) => id !== events[n]?.id)) return undefined;
    return { recorded: `[${there.map(({ position, record }) => eventText(position, record)).join(',')}]` };
  };

  const takeAlone = (tail: Tail, append: Append): readonly [Tail, Outcome] => {
    savepoint.run();
    try {
      const taken = take(tail, append);
      release.run();
      return taken;
    } catch (error) {
      if (!isFaultOfOne(error)) throw error;
      database.exec('ROLLBACK TO one; RELEASE one');
      return [tail, { refused: `${append.stream}: ${String(error)}` }];
    }
  };

  return (start, appends) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      let tail = start;
      const outcomes = appends.map((append) => {
        const [end, outcome] = takeAlone(tail, append);
        tail = end;
        return outcome;
      });
      database.exec('COMMIT');
      return { tail, outcomes };
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
};

const statements = (database: DatabaseSync) => ({
  head: database.prepare('SELECT max(revision) AS revision FROM event WHERE stream = ?'),
  ids: database.prepare(
    `SELECT position, record, record ->> '$.id' AS id FROM event WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`,
  ),
  savepoint: database.prepare('SAVEPOINT one'),
  release: database.prepare('RELEASE one'),
  insert: database.prepare('INSERT INTO event (position, record, hash) VALUES (?, ?, ?)'),
});
