import type { Position } from '../../ports/event-log.ts';
import { sharedParts } from './shared-parts.ts';

/** What came after some position, counted as far as it was looked: there the next look goes on. */
export type Newer = { readonly count: number; readonly until: Position | undefined };

/** What all count who follow the same since the same position, by what they may see. */
type Counts = Map<string, Promise<Newer>>;

/** So many are counted, and no more. */
const mostCounted = 100;

/**
 * Counts what came since a page was read, for all who read it. Nothing is looked at twice, however often it is asked: what was counted is kept as long as somebody
 * follows, and one look serves all who got as far.
 */
export const newerCounts = (lasting: number) => {
  const followed = new Map<string, { followers: number; readonly counts: Counts }>();
  const shared = sharedParts<Newer>();
  return {
    /** `key` names what is asked for, and since when. */
    follow: async (key: string, follow: (counts: Counts) => Promise<void>): Promise<void> => {
      const one = followed.get(key) ?? { followers: 0, counts: new Map() };
      followed.set(key, one);
      one.followers += 1;
      try {
        await follow(one.counts);
      } finally {
        one.followers -= 1;
        if (one.followers === 0) followed.delete(key);
      }
    },
    /** `key` names what is asked for and what may be seen of it; `changes` grows with each change. */
    now: (
      counts: Counts,
      { key, sight, since, changes }: Asked,
      look: (since: Position | undefined) => Promise<Newer>,
    ): Promise<Newer> => {
      const before = counts.get(sight) ?? Promise.resolve({ count: 0, until: since });
      const now = before.then(async (so) => {
        if (so.count >= mostCounted) return so;
        const news = await shared(`${key} ${sight} ${so.until}`, changes, lasting, () => look(so.until));
        return { count: Math.min(so.count + news.count, mostCounted), until: news.until };
      });
      counts.set(
        sight,
        now.catch(() => before),
      );
      return now;
    },
  };
};

type Asked = {
  readonly key: string;
  readonly sight: string;
  readonly since: Position | undefined;
  readonly changes: number;
};
