import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Position, Query, RecordedEvent } from '../../ports/event-log.ts';
import { conditions } from './conditions.ts';
import { openIndexDatabase } from './index-database.ts';

/** The beginning of a log, up to some event, kept beside it and asked in its place. Throws when its disk fails, or holds what was not added. */
export type HistoryIndex = {
  /** The last event it holds. */
  readonly last: () => RecordedEvent | undefined;
  /** Position of the event before the last. */
  readonly beforeLast: () => Position | undefined;
  /** Takes what comes next in the log. */
  readonly add: (events: readonly RecordedEvent[]) => void;
  /** What comes after a position, oldest first. */
  readonly page: (after: Position | undefined, limit: number) => readonly RecordedEvent[];
  readonly query: (query: Query) => readonly RecordedEvent[];
  /** Begins anew, empty. */
  readonly clear: () => void;
  readonly close: () => void;
};

export const openHistoryIndex = (folder: string): HistoryIndex => {
  const database = openIndexDatabase(folder);
  const { after, placeAt, placeAfter, newest, insert, empty } = statements(database);
  const read = newest.all(1)[0] as Row | undefined;
  let end: End | undefined = read && { ...read, event: eventOf(read) };

  const add = (events: readonly RecordedEvent[]): void => {
    const before = end;
    database.exec('BEGIN');
    try {
      for (const event of events) {
        const record = JSON.stringify(event);
        const place = (end?.place ?? 0) + 1;
        end = { place, hash: link(end?.hash ?? '', record), event };
        insert.run(place, record, end.hash);
      }
      database.exec('COMMIT');
    } catch (error) {
      end = before;
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };

  return {
    last: () => end?.event,
    beforeLast: () => {
      const row = newest.all(2)[1] as Row | undefined;
      return row && eventOf(row).position;
    },
    add,
    page: (position, limit) => {
      const first = position === undefined ? 1 : Number(placeAfter.get(position)?.place ?? Number.MAX_SAFE_INTEGER);
      const [before, ...rows] = [...(first === 1 ? [start] : []), ...after.all(first - 1, limit + 1)] as Row[];
      checkChain(before?.hash ?? '', rows.slice(0, limit));
      return rows.slice(0, limit).map(eventOf);
    },
    query: (query) => {
      const size = end?.place ?? 0;
      const { where, order, values } = conditions(query, size, {
        after: (position) => Number(placeAfter.get(position)?.place ?? size + 1) - 1,
        before: (position) => Number(placeAt.get(position)?.place ?? size + 1),
        since: (instant) => firstSince(database, instant, size),
      });
      const asked = database.prepare(`${selectLinked} WHERE ${where} ORDER BY place ${order} LIMIT ?`);
      const rows = asked.all(...values, Math.max(0, query.limit)) as LinkedRow[];
      for (const row of rows) checkChain(row.before ?? '', [row]);
      return rows.map(eventOf);
    },
    clear: () => {
      empty.run();
      end = undefined;
    },
    close: () => database.close(),
  };
};

type End = { readonly place: number; readonly hash: string; readonly event: RecordedEvent };
type Row = { readonly place: number; readonly record: string; readonly hash: string };

type LinkedRow = Row & { readonly before: string | null };

/** Before the first event. */
const start: Row = { place: 0, record: '', hash: '' };

const link = (before: string, record: string): string => hash('sha256', `${before}\n${record}`);

const checkChain = (before: string, rows: readonly Row[]): void => {
  let expected = before;
  for (const { place, record, hash: found } of rows) {
    expected = link(expected, record);
    if (found !== expected) throw new Error(`the event at place ${place} is not the one that was read from the log`);
  }
};

const eventOf = ({ record }: Row): RecordedEvent => {
  const event = JSON.parse(record) as RecordedEvent;
  return { ...event, causedBy: event.causedBy };
};

const select = 'SELECT place, record, hash FROM event';
/** With the hash of the event before, which is not read itself. */
const selectLinked =
  'SELECT place, record, hash, (SELECT earlier.hash FROM event AS earlier WHERE earlier.place = event.place - 1) AS before FROM event';

const statements = (database: DatabaseSync) => ({
  after: database.prepare(`${select} WHERE place >= ? ORDER BY place LIMIT ?`),
  placeAt: database.prepare('SELECT place FROM event WHERE position >= ? ORDER BY position LIMIT 1'),
  placeAfter: database.prepare('SELECT place FROM event WHERE position > ? ORDER BY position LIMIT 1'),
  newest: database.prepare(`${select} ORDER BY place DESC LIMIT ?`),
  insert: database.prepare('INSERT INTO event (place, record, hash) VALUES (?, ?, ?)'),
  empty: database.prepare('DELETE FROM event'),
});

/** The first place recorded at `instant` or later, beyond the end when there is none: times never go back, so it is found by halving. */
const firstSince = (database: DatabaseSync, instant: string, end: number): number => {
  const at = database.prepare('SELECT recorded_at AS at FROM event WHERE place = ?');
  let [low, high] = [1, end + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (String(at.get(middle)?.at) >= instant) high = middle;
    else low = middle + 1;
  }
  return low;
};
