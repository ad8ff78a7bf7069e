import type { StreamName } from '../../domain/ids.ts';
import type { Query } from '../../ports/event-log.ts';
import { firstWrong, genesis } from './chain.ts';
import { eventText, type Records, type Row } from './records.ts';

/** Events as a JSON array. `last`: the position that reading goes on after; `undefined` at the end. */
export type Page = { readonly text: string; readonly last: number | undefined };

/** Reading that looks at what it reads. `head`: what lies beyond is not acknowledged, and not shown. */
export type Reading = {
  readonly page: (after: number, limit: number, head: number) => Page;
  readonly stream: (stream: StreamName, fromRevision: number, limit: number, head: number) => Page;
  readonly query: (query: Query, head: number) => Page;
  /** Verifies a page after `after`, and gives where to go on; `undefined` when there is nothing up to `head`. */
  readonly verify: (after: number, head: number) => number | undefined;
};

/**
 * Reports the first wrong record it meets to `fence`, naming the position. When the log is fenced, what is no event
 * any more is left out: one damaged record must not hide the others.
 */
export const openReading = (records: Records, fence: (fact: string) => void, isFenced: () => boolean): Reading => {
  const check = (found: readonly Row[]): void => {
    const first = found[0];
    const wrong = first && firstWrong(records.hashBefore(first.position) ?? genesis, found);
    if (wrong !== undefined) fence(`The event at position ${wrong} is not the one that was written there: ${unlinked}`);
  };

  const checked = (after: number, limit: number, head: number): { rows: readonly Row[]; last: number | undefined } => {
    try {
      const rows = records.after(after, limit, head);
      check(rows);
      return { rows, last: rows.at(-1)?.position };
    } catch (error) {
      fence(`The log cannot be read on after position ${after}: ${String(error)}`);
      const last = Math.min(after + limit, head);
      return { rows: oneByOne(records, after, last), last: last > after ? last : undefined };
    }
  };

  const pageOf = (rows: readonly Row[], last = rows.at(-1)?.position): Page => {
    const shown = isFenced() ? rows.filter(({ record }) => isEvent(record)) : rows;
    return { text: `[${shown.map(({ position, record }) => eventText(position, record)).join(',')}]`, last };
  };

  return {
    page: (after, limit, head) => {
      const { rows, last } = checked(after, limit, head);
      return pageOf(rows, last);
    },
    stream: (stream, revision, limit, head) => pageOf(records.stream(stream, revision, limit, head)),
    query: (query, head) => pageOf(records.query(query, head)),
    verify: (after, head) => checked(after, verifiedAtOnce, head).last,
  };
};

/** Keeps appends waiting for some 2 ms. */
const verifiedAtOnce = 200;

const unlinked = 'its hash does not follow from its bytes and the event before';

/** What SQLite can still find of a damaged part. */
const oneByOne = (records: Records, after: number, last: number): readonly Row[] =>
  Array.from({ length: Math.max(0, last - after) }, (_, n) => after + 1 + n).flatMap((position) => {
    try {
      return records.at(position) ?? [];
    } catch {
      return [];
    }
  });

const isEvent = (record: string): boolean => {
  try {
    const { id, stream, revision, recordedAt, body, actor, subject } = JSON.parse(record);
    return (
      [id, stream, recordedAt, body.type, actor.name].every((value) => typeof value === 'string') &&
      Number.isSafeInteger(revision) &&
      typeof subject === 'object'
    );
  } catch {
    return false;
  }
};
