import type { SQLInputValue } from 'node:sqlite';
import type { Query } from '../../ports/event-log.ts';

/** The columns a question may name. The first ones find few events each; of the others it depends. */
const columns = ['stream', 'correlation', 'package', 'type', 'distribution', 'actor'] as const;
type Column = (typeof columns)[number];
const telling: ReadonlySet<Column> = new Set(['stream', 'correlation', 'package']);

/** A column, the value it shall have, and the positions it is asked for: from the first up to before the second. */
export type Found = {
  readonly column: Column;
  readonly value: string;
  readonly low: number;
  readonly high: number;
};

type Conditions = {
  readonly where: string;
  readonly order: 'ASC' | 'DESC';
  readonly values: readonly SQLInputValue[];
};

/** What a question needs to know of the table. */
export type Asked = {
  /** Where a time begins. */
  readonly firstSince: (instant: string) => number;
  /** How many events there are, counted up to a bound. */
  readonly countUpTo: (most: number, found: Found) => number;
};

/**
 * A question as SQL, in which no word of the asker's stands. The column that finds fewest events gives them and their order by its
 * index; the others only look into theirs whether the event is there, too, so that no record is read in vain.
 */
export const conditions = (query: Query, head: number, asked: Asked): Conditions => {
  const [low, high] = bounds(query, head, asked.firstSince);
  const named = columns.flatMap((column) => {
    const value = query[column];
    return value === undefined ? [] : [{ column, value, low, high }];
  });
  const [first, ...others] = fewestFirst(named, asked);
  return {
    where: [
      'position >= ? AND position < ?',
      ...(first === undefined ? [] : [`${first.column} = ?`]),
      ...others.map(({ column }) => isAlso(column)),
    ].join(' AND '),
    order: query.after === undefined ? 'DESC' : 'ASC',
    values: [low, high, ...(first === undefined ? [] : [first.value]), ...others.map(({ value }) => value)],
  };
};

/** Counting costs less than a tenth of what it saves, and what is beyond is much in any case. */
const mostCounted = 10_000;

const fewestFirst = (named: readonly Found[], { countUpTo }: Asked): readonly Found[] => {
  if (named.length < 2 || (named[0] !== undefined && telling.has(named[0].column))) return named;
  const counts = new Map(named.map((found) => [found, countUpTo(mostCounted, found)]));
  return named.toSorted((one, other) => (counts.get(one) ?? 0) - (counts.get(other) ?? 0));
};

const isAlso = (column: Column): string =>
  `EXISTS (SELECT 1 FROM event AS other INDEXED BY event_${column} WHERE other.${column} = ? AND other.position = event.position)`;

/** From the first position up to before the second. */
const bounds = (
  { after, before, from, until }: Query,
  head: number,
  firstSince: Asked['firstSince'],
): readonly [number, number] => {
  const low = after === undefined ? 1 : Number(after) + 1;
  const high = after === undefined && before !== undefined ? Number(before) : head + 1;
  return [
    from === undefined ? low : Math.max(low, firstSince(from)),
    until === undefined ? high : Math.min(high, firstSince(until), head + 1),
  ];
};
