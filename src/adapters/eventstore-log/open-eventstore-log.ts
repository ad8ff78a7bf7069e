import type { Instant } from '../../domain/codec.ts';
import type { EventLog, RecordedEvent } from '../../ports/event-log.ts';
import { appendTo } from './append.ts';
import { connect } from './connect.ts';
import { connectionSettings } from './connection-string.ts';
import { follow } from './follow.ts';
import { horizon } from './horizon.ts';
import { loginFrom } from './login-file.ts';
import { query } from './query.ts';
import type { Reader } from './read.ts';
import { reader } from './read.ts';
import type { Patience, Store } from './store.ts';

export type EventStoreOptions = Partial<Patience> & {
  /** Where `USER:PASSWORD` stands, when it is not in the connection string. */
  readonly loginFile?: string | undefined;
  /** For a copy: when what is appended was recorded elsewhere. */
  readonly recordedAt?: () => Instant | undefined;
};

/**
 * The log on an EventStoreDB or KurrentDB server or cluster, 22.6 or later, that this program has for itself. Throws when the connection string
 * or a file it names is wrong; a server that does not answer, or refuses us, makes the log `unreachable` until it does.
 */
export const openEventStoreLog = async (
  connectionString: string,
  { loginFile, recordedAt, ...options }: EventStoreOptions = {},
): Promise<EventLog> => {
  const patience = { ...usualPatience, ...options };
  const settings = connectionSettings(connectionString);
  if (loginFile !== undefined && !settings.isEncrypted)
    throw new Error('A user and a password for the event store are only sent over TLS; take tls=false away');
  const login = loginFile === undefined ? settings.login : loginFrom(loginFile);
  const { client, ready, close } = await connect({ ...settings, login });
  const closing = new AbortController();
  const store: Store = { client, ready, patience, horizon: horizon(), recordedAt, closing: closing.signal };
  const read = reader(store);
  const append = appendTo(store, read);
  const underway = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;

  const finish = async (): Promise<void> => {
    await Promise.allSettled(underway);
    closing.abort();
    await close();
  };

  const askedOnce = reader({ ...store, patience: { ...patience, giveUpAfter: 0 } });
  let looked = await look(askedOnce).then(
    () => true,
    () => false,
  );
  /** Nothing is written before the end of the log is known: its time is what new events must not be before. */
  const appendKnowingTheEnd: EventLog['append'] = async (...given) => {
    if (!looked) await look(read);
    looked = true;
    return append(...given);
  };

  return {
    append: async (...given) => {
      if (closed !== undefined) throw new Error('The event log is closed');
      const outcome = appendKnowingTheEnd(...given);
      underway.add(outcome);
      return outcome.finally(() => underway.delete(outcome));
    },
    readStream: (stream) => read.stream(stream),
    readAll: (after, limit) => firstOf(read.all('forwards', after, limit), limit),
    follow: (after) => follow(store, after),
    query: (asked) => query(read, asked),
    state: store.horizon.state,
    verified: () => undefined,
    close: () => {
      closed ??= finish();
      return closed;
    },
  };
};

const usualPatience: Patience = { answerWithin: 10_000, giveUpAfter: 30_000, firstWait: 50, longestWait: 2_000 };

/** Learns where the log ends, by its newest event. */
const look = (read: Reader): Promise<unknown> => firstOf(read.all('backwards', undefined, 10), 1);

const firstOf = async (events: AsyncIterable<RecordedEvent>, limit: number): Promise<readonly RecordedEvent[]> => {
  const first: RecordedEvent[] = [];
  if (limit <= 0) return first;
  for await (const event of events) {
    first.push(event);
    if (first.length === limit) break;
  }
  return first;
};
