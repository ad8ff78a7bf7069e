import { decodeEvent } from '../../domain/event.ts';
import type { EventId } from '../../domain/ids.ts';
import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';
import { foldPast, type Past, saysOfPast } from '../../projections/past.ts';
import { eventsOfTypes } from './events-of-types.ts';

type Readable = Pick<EventLog, 'readAll'>;

/** Events. */
const worthTelling = 10_000;

/** Events a page: others have the thread in between. */
const pageSize = 500;

/** Folds what the log says of it into `past`, from the beginning up to and with its publication; `tell` hears now and then how many events that was. */
export const replay = async (
  log: Pick<EventLog, 'readAll' | 'query'>,
  past: Past,
  tell: (events: number) => void,
): Promise<Past> => {
  let [read, told] = [0, 0];
  for await (const page of eventsOfTypes(log, saysOfPast, past.publication.position)) {
    for (const { body, ...envelope } of page)
      foldPast(past, { ...envelope, event: decodeEvent(body, `the event at ${envelope.position}`) });
    read += page.length;
    if (read - told < worthTelling) continue;
    told = read;
    tell(read);
  }
  return past;
};

/** Where an event stands. Ids are in no index: this reads the log. */
export const positionOf = async (log: Readable, id: EventId): Promise<Position | undefined> => {
  for await (const page of pages(log)) {
    const found = page.find((event) => event.id === id);
    if (found !== undefined) return found.position;
  }
  return undefined;
};

/** The log reads a page while the one before is worked on. */
async function* pages(log: Readable): AsyncGenerator<readonly RecordedEvent[]> {
  for (let coming = log.readAll(undefined, pageSize); ; ) {
    const page = await coming;
    const last = page.at(-1);
    if (last === undefined) return;
    coming = log.readAll(last.position, pageSize);
    coming.catch(() => undefined); // Whoever has seen enough does not wait for it.
    yield page;
  }
}
