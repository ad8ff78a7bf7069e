import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { StreamName } from '../../domain/ids.ts';
import type { Query } from '../../ports/event-log.ts';
import { written } from './chain.ts';
import { conditions, type Found } from './conditions.ts';

/** What a row holds; `record` is the event as JSON without its position. */
export type Row = { readonly position: number; readonly record: string; readonly hash: string };

export type Records = {
  /** In order of position, at most `limit`, from after `after` up to and with `head`. */
  readonly after: (after: number, limit: number, head: number) => readonly Row[];
  readonly stream: (stream: StreamName, fromRevision: number, limit: number, head: number) => readonly Row[];
  readonly query: (query: Query, head: number) => readonly Row[];
  readonly last: () => Row | undefined;
  readonly at: (position: number) => Row | undefined;
  /** Of the last event before `position`; `undefined` for the first. */
  readonly hashBefore: (position: number) => string | undefined;
};

/** Reads in pages, never by a cursor that stays open: that would keep SQLite from folding its journal. */
export const openRecords = (database: DatabaseSync): Records => {
  const after = rows(database.prepare(`${select} WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`));
  const before = rows(database.prepare(`${select} WHERE position < ? ORDER BY position DESC LIMIT 1`));
  const at = rows(database.prepare(`${select} WHERE position = ?`));
  const stream = rows(
    database.prepare(`${select} WHERE stream = ? AND revision >= ? AND position <= ? ORDER BY revision LIMIT ?`),
  );
  return {
    after: (position, limit, head) => after(position, head, atLeast0(limit)),
    stream: (name, revision, limit, head) => stream(name, revision, head, atLeast0(limit)),
    query: (query, head) => {
      const { where, order, values } = conditions(query, head, {
        firstSince: (instant) => firstSince(database, instant),
        countUpTo: (most, found) => countUpTo(database, most, found),
      });
      const statement = database.prepare(`${select} WHERE ${where} ORDER BY position ${order} LIMIT ?`);
      return rows(statement)(...values, atLeast0(query.limit));
    },
    last: () => before(Number.MAX_SAFE_INTEGER)[0],
    at: (position) => at(position)[0],
    hashBefore: (position) => before(position)[0]?.hash,
  };
};

/** One event as JSON. */
export const eventText = (position: number, record: string): string =>
  `{"position":"${written(position)}",${record.slice(1)}`;

const select = 'SELECT position, record, hash FROM event';

/** SQLite takes a negative limit for none. */
const atLeast0 = (limit: number): number => Math.max(0, limit);

const rows =
  (statement: StatementSync) =>
  (...values: SQLInputValue[]): readonly Row[] =>
    statement.all(...values) as unknown as readonly Row[];

/**
 * The first position recorded at `instant` or later; beyond the end when there is none. Times never go back along the
 * log, so it is searched for by halving, and needs no index.
 */
const firstSince = (database: DatabaseSync, instant: string): number => {
  const atOrAfter = database.prepare(
    'SELECT position, recorded_at AS at FROM event WHERE position >= ? ORDER BY position LIMIT 1',
  );
  const end = database.prepare('SELECT max(position) AS position FROM event').get()?.position;
  let low = 1;
  let high = Number(end ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = atOrAfter.get(middle);
    if (row === undefined || String(row.at) >= instant) high = middle;
    else low = Number(row.position) + 1;
  }
  return low;
};

/** Looks at the index only. */
const countUpTo = (database: DatabaseSync, most: number, { column, value, low, high }: Found): number => {
  const some = `SELECT 1 FROM event INDEXED BY event_${column} WHERE ${column} = ? AND position >= ? AND position < ? LIMIT ?`;
  return Number(database.prepare(`SELECT count(*) AS found FROM (${some})`).get(value, low, high, most)?.found ?? 0);
};
