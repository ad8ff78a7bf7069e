import type { SQLInputValue } from 'node:sqlite';
import type { Position, Query } from '../../ports/event-log.ts';

/** The columns a question may name, the one that finds fewest events first. */
const columns = ['stream', 'correlation', 'package', 'distribution', 'actor', 'type'] as const;

/** Where positions and times stand, as places from 1 on. */
type Places = {
  /** The last place not after this position. */
  readonly after: (position: Position) => number;
  /** The first place not before this position. */
  readonly before: (position: Position) => number;
  readonly since: (instant: string) => number;
};

/**
 * A question as SQL, in which no word of the asker's stands. Only the most telling column may use its index (`+` keeps SQLite from the
 * others'), which then also gives the order.
 */
export const conditions = (
  query: Query,
  end: number,
  places: Places,
): { readonly where: string; readonly order: 'ASC' | 'DESC'; readonly values: readonly SQLInputValue[] } => {
  const { after, before, from, until } = query;
  const named = columns.flatMap((column) => (query[column] === undefined ? [] : [[column, query[column]] as const]));
  const low = Math.max(after === undefined ? 1 : places.after(after) + 1, from === undefined ? 1 : places.since(from));
  const high = Math.min(
    after === undefined && before !== undefined ? places.before(before) : end + 1,
    until === undefined ? end + 1 : places.since(until),
  );
  return {
    where: ['place >= ?', 'place < ?', ...named.map(([column], n) => `${n === 0 ? '' : '+'}${column} = ?`)].join(
      ' AND ',
    ),
    order: after === undefined ? 'DESC' : 'ASC',
    values: [low, high, ...named.map(([, value]) => value)],
  };
};
