import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { StreamName } from '../../domain/ids.ts';
import {
  type EventLog,
  type ExpectedRevision,
  type NewEvent,
  type RecordedEvent,
  refuseTooMuch,
} from '../../ports/event-log.ts';
import { toStore } from './envelope.ts';
import { isDenied, isWrongRevision } from './faults.ts';
import { insist, within } from './insist.ts';
import { knocker } from './knock.ts';
import type { Reader } from './read.ts';
import type { Store } from './store.ts';

/**
 * Appends with the same ids until the store has answered, so that a lost answer costs a repeat and never a second copy.
 * Whatever it answers, what stands at the place is read back: there are the positions and times of all events,
 * and there a refusal shows itself as the repeat of an append that had succeeded.
 */
export const appendTo = (store: Store, read: Reader): EventLog['append'] => {
  const proposed = (stream: StreamName, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Outcome> =>
    within(store.patience.answerWithin, (over) => propose(store, over, stream, expected, events));
  const knock = knocker(store, proposed);
  return async (stream, expected, events, mayRepeat) => {
    if (events.length === 0) return right([]);
    refuseTooMuch(
      stream,
      events.map((event) => JSON.stringify(event)),
    );
    const propose = () => proposed(stream, expected, events);
    const outcome = await insist(store, propose, mayRepeat).catch((error: unknown) => {
      if (isDenied(error)) {
        store.horizon.denied(error);
        knock(stream, events);
      }
      throw error;
    });
    store.horizon.admitted();
    const there = await read.stream(stream, expected === 'none' ? 0 : expected + 1, events.length);
    return judge(outcome, there, stream, events);
  };
};

type Outcome = 'accepted' | 'refused';

/** The client may look long for a server before it sends: what was given up meanwhile is not sent any more. */
const propose = async (
  { client, ready, patience, horizon, recordedAt }: Store,
  over: AbortSignal,
  stream: StreamName,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): Promise<Outcome> => {
  const times = { notBefore: horizon.latest(), recordedAt: recordedAt?.() };
  const proposed = events.map((event) => toStore(event, times));
  const expectedRevision = expected === 'none' ? 'no_stream' : BigInt(expected);
  try {
    await ready();
    over.throwIfAborted();
    await client.appendToStream(stream, proposed, {
      expectedRevision,
      requiresLeader: true,
      deadline: patience.answerWithin,
    });
    return 'accepted';
  } catch (error) {
    if (isWrongRevision(error)) return 'refused';
    throw error;
  }
};

const judge = (
  outcome: Outcome,
  there: readonly RecordedEvent[],
  stream: StreamName,
  events: readonly NewEvent[],
): Either<'conflict', readonly RecordedEvent[]> => {
  const same = there.length === events.length && there.every(({ id }, n) => id === events[n]?.id);
  if (same) return right(there);
  if (outcome === 'refused') return left('conflict');
  throw new Error(`The event store acknowledged an append to stream ${stream}, and does not hold it`);
};
