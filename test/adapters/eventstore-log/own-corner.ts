import { map } from 'rxjs';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { EventLog, Position, RecordedEvent } from '../../../src/ports/event-log.ts';

/**
 * A log of its own for one test on a store that other tests have used: streams carry `corner` behind their names, and
 * what stands up to `start` is not seen. Good while nobody else writes.
 */
export const ownCorner = (log: EventLog, corner: string, start: Position | undefined): EventLog => {
  const there = (stream: StreamName): StreamName => `${stream}~${corner}` as StreamName;
  const here = (event: RecordedEvent): RecordedEvent => ({
    ...event,
    stream: event.stream.slice(0, -corner.length - 1) as StreamName,
  });
  const isNew = ({ position }: RecordedEvent): boolean => start === undefined || position > start;
  return {
    append: async (stream, expected, events) => {
      const outcome = await log.append(there(stream), expected, events);
      return 'right' in outcome ? { ...outcome, right: outcome.right.map(here) } : outcome;
    },
    readStream: async (stream) => (await log.readStream(there(stream))).map(here),
    readAll: async (after, limit) => (await log.readAll(after ?? start, limit)).map(here),
    follow: (after) => log.follow(after ?? start).pipe(map(here)),
    query: async ({ stream, ...query }) => {
      const found = await log.query(stream === undefined ? query : { ...query, stream: there(stream) });
      return found.filter(isNew).map(here);
    },
    state: () => {
      const state = log.state();
      return state.head === start ? { ...state, head: undefined } : state;
    },
    verified: log.verified,
    close: log.close,
  };
};
