import { isLeft } from 'fp-ts/lib/Either.js';
import type { Instant } from '../domain/codec.ts';
import type { EventLog, Position, RecordedEvent } from '../ports/event-log.ts';
import { sealedLine } from './seals/sealed-line.ts';

/** A log that is being filled with what another one recorded. */
export type CopyTarget = {
  readonly log: EventLog;
  /** Has what is appended next recorded at this time. */
  readonly recordAt: (at: Instant) => void;
  /** How many appends it takes in the order in which they are begun. */
  readonly together: number;
};

/** What a log holds of the events that it is filled with. */
export type Begun = {
  /** How many of them. */
  readonly events: number;
  /** Those that are to come; they can be read once. */
  readonly rest: AsyncIterable<RecordedEvent>;
  /** What it holds behind the last of them; not all of it where that is much. */
  readonly beyond: readonly RecordedEvent[];
};

/**
 * Holds what is in a log against the events that it is to be filled with: the same lines in the same order, as far as both go. Throws what `otherwise`
 * makes of the first that is another, with its place from 1 on.
 */
export const begun = async (
  log: Pick<EventLog, 'readAll'>,
  all: AsyncIterable<readonly RecordedEvent[]>,
  otherwise: (held: RecordedEvent, place: number) => Error,
): Promise<Begun> => {
  const coming = eachOf(all);
  const beyond: RecordedEvent[] = [];
  let events = 0;
  for await (const held of eachOf(pages(log))) {
    const { value, done } = await coming.next();
    if (done === true) beyond.push(held);
    else if (sealedLine(value) !== sealedLine(held)) throw otherwise(held, events + 1);
    else events += 1;
    if (beyond.length > 1) break;
  }
  return { events, rest: coming, beyond };
};

/** Appends events to a log that ends before them, as they were appended once. Gives how many; once it rejects, nothing is being appended any more. */
export const fillLog = async (
  all: AsyncIterable<RecordedEvent>,
  { log, recordAt, together }: CopyTarget,
  progress: (events: number) => void,
): Promise<number> => {
  let done = 0;
  let underWay: Promise<void>[] = [];
  try {
    for await (const run of runs(all)) {
      done += run.length;
      recordAt(run[0].recordedAt);
      const appended = append(log, run);
      // Its fault is heard below; until then, or where what is to come fails first, nobody else hears it.
      appended.catch(() => undefined);
      underWay.push(appended);
      if (underWay.length < together) continue;
      await Promise.all(underWay);
      underWay = [];
      progress(done);
    }
    await Promise.all(underWay);
    return done;
  } finally {
    await Promise.allSettled(underWay);
  }
};

const page = 500;

/** What a log holds, up to and with the event at `until` or to its end. */
export async function* pages(
  log: Pick<EventLog, 'readAll'>,
  until?: Position,
): AsyncGenerator<readonly RecordedEvent[]> {
  for (let at: Position | undefined; ; ) {
    const events = (await log.readAll(at, page)).filter(({ position }) => until === undefined || position <= until);
    const last = events.at(-1);
    if (last === undefined) return;
    yield events;
    at = last.position;
  }
}

async function* eachOf(all: AsyncIterable<readonly RecordedEvent[]>): AsyncGenerator<RecordedEvent, undefined> {
  for await (const some of all) yield* some;
  return undefined;
}

type Run = readonly [RecordedEvent, ...(readonly RecordedEvent[])];

/** Events that stand together in one stream and were recorded at once: they were, or might have been, one append. */
async function* runs(all: AsyncIterable<RecordedEvent>): AsyncGenerator<Run> {
  let run: [RecordedEvent, ...RecordedEvent[]] | undefined;
  for await (const event of all) {
    const last = run?.at(-1);
    const belongs = last?.stream === event.stream && last.recordedAt === event.recordedAt;
    if (run !== undefined && belongs && run.length < longestRun) run.push(event);
    else {
      if (run !== undefined) yield run;
      run = [event];
    }
  }
  if (run !== undefined) yield run;
}

/** Below 1 MB, which an event store takes at once, with the largest events there are. */
const longestRun = 12;

const append = async (log: EventLog, run: Run): Promise<void> => {
  const [first] = run;
  const expected = first.revision === 0 ? 'none' : first.revision - 1;
  if (isLeft(await log.append(first.stream, expected, run)))
    throw new Error(`Somebody else writes to stream ${first.stream} of the target; nobody must while it is filled`);
};
