import { isDeepStrictEqual } from 'node:util';
import { left, right } from 'fp-ts/lib/Either.js';
import { Observable } from 'rxjs';
import { instant } from '../../domain/codec.ts';
import type { StreamName } from '../../domain/ids.ts';
import {
  type EventLog,
  type NewEvent,
  type Position,
  type Query,
  type RecordedEvent,
  refuseTooMuch,
} from '../../ports/event-log.ts';

/** What outlives the log that was opened on it, as a disk outlives a daemon. */
export type MemoryStore = {
  readonly events: RecordedEvent[];
  readonly streams: Map<StreamName, RecordedEvent[]>;
  /** Called after every append, and when a log on this store closes. */
  readonly wake: Set<() => void>;
};

export const memoryStore = (): MemoryStore => ({ events: [], streams: new Map(), wake: new Set() });

/** An event log that lives as long as `store`; logs opened on one store see each other's events. `now` in milliseconds. */
export const openMemoryLog = (store: MemoryStore = memoryStore(), now: () => number = Date.now): EventLog => {
  let closed = false;
  const stream = (name: StreamName): readonly RecordedEvent[] => store.streams.get(name) ?? [];
  return {
    append: async (name, expected, events) => {
      if (closed) throw new Error(`${name}: nothing can be appended to a log that is closed`);
      refuseTooMuch(
        name,
        events.map((event) => JSON.stringify(event)),
      );
      const next = expected === 'none' ? 0 : expected + 1;
      const there = stream(name).slice(next, next + events.length);
      if (isRepeat(there, events)) return right(there);
      if (stream(name).length !== next) return left('conflict');
      const recorded = events.map((event, n) => take(store, name, next + n, event, now()));
      wakeAll(store);
      return right(recorded);
    },
    readStream: async (name) => [...stream(name)],
    readAll: async (after, limit) => {
      const start = indexAfter(store.events, after);
      return store.events.slice(start, start + limit);
    },
    follow: (after) => follow(store, after, () => closed),
    query: async (query) => answer(store.events, query),
    state: () => ({ status: 'writable', head: store.events.at(-1)?.position, notices: [] }),
    verified: () => undefined,
    close: async () => {
      closed = true;
      wakeAll(store);
    },
  };
};

/** Also true of nothing, which stands anywhere. */
const isRepeat = (there: readonly RecordedEvent[], events: readonly NewEvent[]): boolean =>
  isDeepStrictEqual(
    there.map(({ id }) => id),
    events.map(({ id }) => id),
  );

const take = (
  store: MemoryStore,
  stream: StreamName,
  revision: number,
  event: NewEvent,
  now: number,
): RecordedEvent => {
  const { id, actor, causedBy, correlation, subject, body } = event;
  const last = store.events.at(-1);
  const at = instant(now);
  const recorded: RecordedEvent = {
    ...throughJson({ id, actor, correlation, subject, body }),
    causedBy,
    stream,
    revision,
    position: positionOf(store.events.length),
    recordedAt: last === undefined || at > last.recordedAt ? at : last.recordedAt,
  };
  store.events.push(recorded);
  const known = store.streams.get(stream);
  if (known === undefined) store.streams.set(stream, [recorded]);
  else known.push(recorded);
  return recorded;
};

/** What a store that writes JSON would give back. */
const throughJson = <A>(value: A): A => JSON.parse(JSON.stringify(value));

const positionOf = (index: number): Position => String(index + 1).padStart(20, '0') as Position;

const indexAfter = (events: readonly RecordedEvent[], after: Position | undefined): number =>
  after === undefined ? 0 : Math.min(Number(after), events.length);

const wakeAll = (store: MemoryStore): void => {
  for (const wake of store.wake) queueMicrotask(wake);
};

/** Never delivers inside `subscribe` or inside an append, as a log behind a thread or a network cannot. */
const follow = (store: MemoryStore, after: Position | undefined, isClosed: () => boolean): Observable<RecordedEvent> =>
  new Observable((subscriber) => {
    let next = after === undefined ? 0 : Number(after);
    const deliver = (): void => {
      for (let event = store.events[next]; event !== undefined && !subscriber.closed; event = store.events[next]) {
        next += 1;
        subscriber.next(event);
      }
      if (isClosed()) subscriber.complete();
    };
    store.wake.add(deliver);
    queueMicrotask(deliver);
    return () => store.wake.delete(deliver);
  });

const answer = (events: readonly RecordedEvent[], query: Query): readonly RecordedEvent[] => {
  const { after, before } = query;
  const matching = events.filter((event) => matches(query, event));
  if (after !== undefined) return matching.filter(({ position }) => position > after).slice(0, query.limit);
  return matching
    .filter(({ position }) => before === undefined || position < before)
    .toReversed()
    .slice(0, query.limit);
};

const matches = (query: Query, event: RecordedEvent): boolean =>
  among(query.stream, event.stream) &&
  among(query.type, event.body.type) &&
  among(query.package, event.subject.package) &&
  among(query.distribution, event.subject.distribution) &&
  among(query.actor, event.actor.name) &&
  among(query.correlation, event.correlation) &&
  (query.from === undefined || query.from <= event.recordedAt) &&
  (query.until === undefined || event.recordedAt < query.until);

const among = (asked: string | undefined, found: string | undefined): boolean => asked === undefined || asked === found;
