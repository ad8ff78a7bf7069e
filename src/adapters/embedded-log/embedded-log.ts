import { left, right } from 'fp-ts/lib/Either.js';
import { instant } from '../../domain/codec.ts';
import {
  type EventLog,
  type LogState,
  type NewEvent,
  type RecordedEvent,
  refuseTooMuch,
  type Verified,
} from '../../ports/event-log.ts';
import { written } from './chain.ts';
import type { ThreadData } from './conversation.ts';
import { eventsOf } from './events-of.ts';
import { follow } from './follow.ts';
import { openThread, type Thread } from './thread.ts';

export type EmbeddedLogOptions = {
  /**
   * What is held against the hash chain besides what is read: everything before the log opens (some two seconds for a
   * million events), everything while the log is already in use, or nothing. A wrong record fences the log.
   */
  readonly verify?: ThreadData['verify'];
  /** Milliseconds. */
  readonly now?: () => number;
};

/**
 * The event log in a folder of its own: a SQLite file of chained records, and a head file that is synced before
 * anything is acknowledged. Rejects when another process writes the folder; a damaged log opens, fenced.
 */
export const openEmbeddedLog = async (
  folder: string,
  { verify = 'before-opening', now = Date.now }: EmbeddedLogOptions = {},
): Promise<EventLog> => logOn(await openThread({ folder, mode: 'write', verify }), now);

/**
 * The log of a folder beside its daemon, for reading: its appends reject, and its state is `fenced`, naming damage
 * where there is any. Sees what is acknowledged from now on within half a second.
 */
export const openEmbeddedLogReadOnly = async (
  folder: string,
  { verify = 'as-read' }: Pick<EmbeddedLogOptions, 'verify'> = {},
): Promise<EventLog> => logOn(await openThread({ folder, mode: 'read', verify }), Date.now);

const logOn = (thread: Thread, now: () => number): EventLog => {
  let closing: Promise<void> | undefined;
  return {
    append: async (stream, expected, events) => {
      if (closing !== undefined) throw new Error(`${stream}: nothing can be appended to a log that is closed`);
      if (events.length === 0) return right([]);
      const written = events.map(toWrite);
      refuseTooMuch(
        stream,
        written.map(({ text }) => text),
      );
      const append = { stream, expected, at: instant(now()), events: written };
      const outcome = await thread.ask({ ask: 'append', append });
      return outcome === 'conflict' ? left(outcome) : right(eventsOf(outcome.recorded));
    },
    readStream: async (stream) => {
      const events: RecordedEvent[] = [];
      for (;;) {
        const fromRevision = events.length;
        const page = eventsOf((await thread.ask({ ask: 'stream', stream, fromRevision, limit: pageSize })).text);
        events.push(...page);
        if (page.length < pageSize) return events;
      }
    },
    readAll: async (after, limit) =>
      eventsOf((await thread.ask({ ask: 'page', after: Number(after ?? 0), limit })).text),
    follow: (after) => follow(thread, Number(after ?? 0)),
    query: async (query) => eventsOf((await thread.ask({ ask: 'query', query })).text),
    state: () => stateOf(thread),
    verified: () => verifiedBy(thread),
    close: () => {
      closing ??= close(thread);
      return closing;
    },
  };
};

/** Keeps the event loop for some 3 ms when it is parsed. */
const pageSize = 1000;

const toWrite = ({ id, actor, causedBy, correlation, subject, body }: NewEvent): { id: string; text: string } => ({
  id,
  text: JSON.stringify({ id, actor, causedBy, correlation, subject, body }),
});

const stateOf = (thread: Thread): LogState => {
  const { head, fenced, notices } = thread.standing();
  const position = head === 0 ? undefined : written(head);
  return fenced === undefined
    ? { status: 'writable', head: position, notices }
    : { status: 'fenced', head: position, reason: fenced };
};

const verifiedBy = (thread: Thread): Verified | undefined => {
  const { verified } = thread.standing();
  return verified && { position: written(verified.position), digest: verified.hash, at: instant(verified.at) };
};

const close = async (thread: Thread): Promise<void> => {
  if (thread.hasEnded()) return;
  const ended = new Promise<void>((resolve) => thread.onMove(() => thread.hasEnded() && resolve()));
  await thread.ask({ ask: 'close' });
  await ended;
};
