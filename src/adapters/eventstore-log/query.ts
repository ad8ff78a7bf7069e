import type { Query, RecordedEvent } from '../../ports/event-log.ts';
import type { Reader } from './read.ts';

/**
 * History by its envelope. A stream is read whole; everything else goes through the log from the place asked for, page
 * by page, until enough is found or the time asked for is passed. The client sends no filter with a read, so this
 * is slow on a long log: what people ask often is answered by a projection, not from here.
 */
export const query = async (read: Reader, asked: Query): Promise<readonly RecordedEvent[]> => {
  const found: RecordedEvent[] = [];
  if (asked.limit <= 0) return found;
  for await (const event of candidates(read, asked)) {
    if (isPast(event, asked)) break;
    if (matches(event, asked)) found.push(event);
    if (found.length === asked.limit) break;
  }
  return found;
};

const page = 500;

const candidates = (read: Reader, { stream, after, before }: Query): AsyncIterable<RecordedEvent> => {
  if (stream !== undefined) return ofStream(read, stream, { after, before });
  return after === undefined ? read.all('backwards', before, page) : read.all('forwards', after, page);
};

async function* ofStream(
  read: Reader,
  stream: NonNullable<Query['stream']>,
  { after, before }: { readonly after: Query['after'] | undefined; readonly before: Query['before'] | undefined },
): AsyncGenerator<RecordedEvent> {
  const events = await read.stream(stream);
  if (after !== undefined) yield* events.filter(({ position }) => position > after);
  else yield* events.filter(({ position }) => before === undefined || position < before).toReversed();
}

/** Times never go back along the log, so nothing that follows can match any more. */
const isPast = ({ recordedAt }: RecordedEvent, { after, from, until }: Query): boolean =>
  after === undefined ? from !== undefined && recordedAt < from : until !== undefined && recordedAt >= until;

const matches = (event: RecordedEvent, asked: Query): boolean =>
  agrees(event.body.type, asked.type) &&
  agrees(event.subject.package, asked.package) &&
  agrees(event.subject.distribution, asked.distribution) &&
  agrees(event.actor.name, asked.actor) &&
  agrees(event.correlation, asked.correlation) &&
  (asked.from === undefined || event.recordedAt >= asked.from) &&
  (asked.until === undefined || event.recordedAt < asked.until);

const agrees = (is: string | undefined, asked: string | undefined): boolean => asked === undefined || is === asked;
