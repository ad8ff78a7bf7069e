import type { SQLInputValue } from 'node:sqlite';
import type { Query } from '../../ports/event-log.ts';

/** The columns a question may name, the one that finds fewest events first. */
const columns = ['stream', 'correlation', 'package', 'distribution', 'actor', 'type'] as const;

type Conditions = {
  readonly where: string;
  readonly order: 'ASC' | 'DESC';
  readonly values: readonly SQLInputValue[];
};

/**
 * A question as SQL, in which no word of the asker's stands. Only the most telling column may use its index (`+` keeps
 * SQLite from the others'), which then also gives the order. `firstSince` finds where a time begins.
 */
export const conditions = (query: Query, head: number, firstSince: (instant: string) => number): Conditions => {
  const named = columns.flatMap((column) => (query[column] === undefined ? [] : [[column, query[column]] as const]));
  const [low, high] = bounds(query, head, firstSince);
  return {
    where: ['position >= ?', 'position < ?', ...named.map(([column], n) => `${n === 0 ? '' : '+'}${column} = ?`)].join(
      ' AND ',
    ),
    order: query.after === undefined ? 'DESC' : 'ASC',
    values: [low, high, ...named.map(([, value]) => value)],
  };
};

/** From the first position up to before the second. */
const bounds = (
  { after, before, from, until }: Query,
  head: number,
  firstSince: (instant: string) => number,
): readonly [number, number] => {
  const low = after === undefined ? 1 : Number(after) + 1;
  const high = after === undefined && before !== undefined ? Number(before) : head + 1;
  return [
    from === undefined ? low : Math.max(low, firstSince(from)),
    until === undefined ? high : Math.min(high, firstSince(until), head + 1),
  ];
};
