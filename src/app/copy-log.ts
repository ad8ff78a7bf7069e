import { createHash } from 'node:crypto';
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

/** How it went: events in all and those that were not there before, and the SHA-256 over all of them in order, as seals have it. */
export type Copied = { readonly events: number; readonly copied: number; readonly sha256: string };

export type CopyOptions = {
  /** Looks, and writes nothing. */
  readonly dryRun: boolean;
  readonly progress: (events: number) => void;
};

/**
 * Brings to a log what another one holds up to now: the same ids, streams, order and times, at positions of its own. What an earlier copy that was broken off
 * brought is gone on from; then both are read and compared whole. Rejects, before anything is written, where the target holds anything else.
 */
export const copyLog = async (from: EventLog, to: CopyTarget, { dryRun, progress }: CopyOptions): Promise<Copied> => {
  const state = from.state();
  if (state.status === 'fenced') throw new Error(`The log to be copied is fenced: ${state.reason}`);
  const until = state.head;
  const there = await beginning(from, to.log, until);
  const rest = pages(from, there.after, until);
  const copied = dryRun ? await count(rest) : await fillLog(rest, to, (done) => progress(there.events + done));
  const source = await digest(from, until);
  if (!dryRun) refuseUnless(source, await digest(to.log, undefined));
  return { events: source.events, copied, sha256: source.sha256 };
};

/** Appends events to a log that ends before them, as they were appended once. Gives how many. */
export const fillLog = async (
  all: AsyncIterable<readonly RecordedEvent[]>,
  { log, recordAt, together }: CopyTarget,
  progress: (events: number) => void,
): Promise<number> => {
  let done = 0;
  let underWay: Promise<void>[] = [];
  for await (const run of runs(all)) {
    done += run.length;
    recordAt(run[0].recordedAt);
    underWay.push(append(log, run));
    if (underWay.length < together) continue;
    await Promise.all(underWay);
    underWay = [];
    progress(done);
  }
  await Promise.all(underWay);
  return done;
};

const count = async (all: AsyncIterable<readonly RecordedEvent[]>): Promise<number> => {
  let sum = 0;
  for await (const { length } of all) sum += length;
  return sum;
};

const page = 500;

async function* pages(
  log: EventLog,
  after: Position | undefined,
  until: Position | undefined,
): AsyncGenerator<readonly RecordedEvent[]> {
  for (let at = after; ; ) {
    const events = (await log.readAll(at, page)).filter(({ position }) => until === undefined || position <= until);
    const last = events.at(-1);
    if (last === undefined) return;
    yield events;
    at = last.position;
  }
}

type Run = readonly [RecordedEvent, ...(readonly RecordedEvent[])];

/** Events that stand together in one stream and were recorded at once: they were, or might have been, one append. */
async function* runs(all: AsyncIterable<readonly RecordedEvent[]>): AsyncGenerator<Run> {
  let run: [RecordedEvent, ...RecordedEvent[]] | undefined;
  for await (const events of all) {
    for (const event of events) {
      const last = run?.at(-1);
      const belongs = last?.stream === event.stream && last.recordedAt === event.recordedAt;
      if (run !== undefined && belongs && run.length < longestRun) run.push(event);
      else {
        if (run !== undefined) yield run;
        run = [event];
      }
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

/** How much of the source the target holds already, and where that ends in the source. */
const beginning = async (
  from: EventLog,
  to: EventLog,
  until: Position | undefined,
): Promise<{ readonly events: number; readonly after: Position | undefined }> => {
  const source = events(pages(from, undefined, until));
  let [count, after]: [number, Position | undefined] = [0, undefined];
  for await (const held of events(pages(to, undefined, undefined))) {
    const { value } = await source.next();
    if (value === undefined || sealedLine(value) !== sealedLine(held))
      throw new Error(
        `The target is neither empty nor a beginning of the log to be copied: its event ${count + 1} is ${held.id} of stream ${held.stream}${value === undefined ? ', and the other log ends before' : ''}. Copy into an empty log`,
      );
    count += 1;
    after = value.position;
  }
  return { events: count, after };
};

async function* events(all: AsyncIterable<readonly RecordedEvent[]>): AsyncGenerator<RecordedEvent, undefined> {
  for await (const some of all) yield* some;
  return undefined;
}

type Digest = { readonly events: number; readonly sha256: string };

const digest = async (log: EventLog, until: Position | undefined): Promise<Digest> => {
  const sha256 = createHash('sha256');
  let count = 0;
  for await (const some of pages(log, undefined, until)) {
    count += some.length;
    sha256.update(some.map((event) => `${sealedLine(event)}\n`).join(''));
  }
  return { events: count, sha256: sha256.digest('hex') };
};

const refuseUnless = (source: Digest, target: Digest): void => {
  if (source.sha256 !== target.sha256)
    throw new Error(
      `The copy is not what was copied: ${target.events} events with SHA-256 ${target.sha256}, and not ${source.events} with ${source.sha256}. Did somebody else write to the target?`,
    );
};
