import type { EventLog, Query, RecordedEvent } from './event-log.ts';

/** What the log answers to one question asked of several actors, as one answer: on from `after` the oldest first, else the newest. */
export const queryEach = async (
  log: Pick<EventLog, 'query'>,
  asked: Omit<Query, 'actor'>,
  actors: readonly string[],
): Promise<readonly RecordedEvent[]> => {
  const found = await Promise.all(actors.map((actor) => log.query({ ...asked, actor })));
  const oldestFirst = found.flat().toSorted((one, other) => (one.position < other.position ? -1 : 1));
  return (asked.after === undefined ? oldestFirst.reverse() : oldestFirst).slice(0, asked.limit);
};
