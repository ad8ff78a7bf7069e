import { createHash } from 'node:crypto';
import type { EventLog, Position, RecordedEvent } from '../ports/event-log.ts';
import { begun, type CopyTarget, fillLog, pages } from './fill-log.ts';
import { sealedLine } from './seals/sealed-line.ts';

/** How it went: events in all and those that were not there before, and the SHA-256 over all of them in order, as seals have it. */
export type Copied = { readonly events: number; readonly copied: number; readonly sha256: string };

export type CopyOptions = {
  /** Looks, and writes nothing. */
  readonly dryRun: boolean;
  readonly progress: (events: number, what: 'copied' | 'compared') => void;
};

/**
 * Brings to a log what another one holds up to now: the same ids, streams, order and times, at positions of its own. What an earlier copy that was broken off
 * brought is gone on from; then both are read and compared whole. Rejects, before anything is written, where the target holds anything else.
 */
export const copyLog = async (from: EventLog, to: CopyTarget, { dryRun, progress }: CopyOptions): Promise<Copied> => {
  const state = from.state();
  if (state.status === 'fenced') throw new Error(`The log to be copied is fenced: ${state.reason}`);
  const until = state.head;
  const { events, rest, beyond } = await begun(to.log, pages(from, until), notABeginning);
  const [more] = beyond;
  if (more !== undefined) throw notABeginning(more, events + 1, ', and the other log ends before');
  const copied = dryRun ? await count(rest) : await fillLog(rest, to, (done) => progress(events + done, 'copied'));
  // Each of them is read whole: one is half of the way.
  const compared = (read: number): void => progress(read, 'compared');
  const source = await digest(from, until, compared);
  if (!dryRun) refuseUnless(source, await digest(to.log, undefined, (read) => compared(source.events + read)));
  return { events: source.events, copied, sha256: source.sha256 };
};

const count = async (all: AsyncIterable<unknown>): Promise<number> => {
  let sum = 0;
  for await (const _ of all) sum += 1;
  return sum;
};

const notABeginning = ({ id, stream }: RecordedEvent, place: number, more = ''): Error =>
  new Error(
    `The target is neither empty nor a beginning of the log to be copied: its event ${place} is ${id} of stream ${stream}${more}. Copy into an empty log`,
  );

type Digest = { readonly events: number; readonly sha256: string };

const digest = async (
  log: EventLog,
  until: Position | undefined,
  progress: (events: number) => void,
): Promise<Digest> => {
  const sha256 = createHash('sha256');
  let count = 0;
  for await (const some of pages(log, until)) {
    count += some.length;
    progress(count);
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
