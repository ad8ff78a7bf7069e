/** An event as a client proposes it: bytes that the store does not look into. */
export type ProposedEvent = {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

/** `position` is commit and prepare position in one: so it is for everything written over gRPC. `created` in milliseconds. */
export type StoredEvent = ProposedEvent & {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly created: number;
};

/** Bytes of one append, as a server has it that nobody set otherwise. */
export const mostAppended = 1_048_576;

/** The type is counted as it is written down, in two bytes a character. */
export const exceedsAppend = (events: readonly ProposedEvent[]): boolean =>
  events.reduce((sum, { type, data, metadata }) => sum + data.length + metadata.length + 2 * type.length, 0) >
  mostAppended;

/** What a writer expects of a stream; a number is the revision of its last event. */
export type Expectation = 'any' | 'no-stream' | 'stream-exists' | number;

/** Of a refused append, `current` is the stream's last revision, undefined where there is no stream. */
export type AppendOutcome =
  | { readonly accepted: true; readonly revision: number; readonly position: bigint }
  | { readonly accepted: false; readonly current: number | undefined };

/** The data of the server: it outlives every connection. */
export type StoredEvents = {
  readonly append: (stream: string, expected: Expectation, events: readonly ProposedEvent[]) => AppendOutcome;
  readonly ofStream: (stream: string) => readonly StoredEvent[] | undefined;
  readonly all: readonly StoredEvent[];
  /** Calls back after every append, until the returned function is called. */
  readonly onAppended: (listener: () => void) => () => void;
};

export const storedEvents = (now: () => number): StoredEvents => {
  const all: StoredEvent[] = [];
  const streams = new Map<string, StoredEvent[]>();
  const listeners = new Set<() => void>();

  const write = (stream: string, events: readonly ProposedEvent[]): AppendOutcome => {
    const held = streams.get(stream) ?? [];
    streams.set(stream, held);
    for (const event of events) {
      const stored = { ...event, stream, revision: held.length, position: nextPosition(all), created: now() };
      held.push(stored);
      all.push(stored);
    }
    queueMicrotask(() => {
      for (const listener of listeners) listener();
    });
    return accepted(held.at(-1));
  };

  const append: StoredEvents['append'] = (stream, expected, events) => {
    const held = streams.get(stream);
    if (stands(held, expected)) return write(stream, events);
    const repeated = earlierWrite(held ?? [], expected, events);
    return repeated === undefined ? { accepted: false, current: held?.at(-1)?.revision } : accepted(repeated.at(-1));
  };

  return {
    append,
    ofStream: (stream) => streams.get(stream),
    all,
    onAppended: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const stands = (held: readonly StoredEvent[] | undefined, expected: Expectation): boolean => {
  if (expected === 'any') return true;
  if (expected === 'no-stream') return held === undefined;
  if (expected === 'stream-exists') return held !== undefined;
  return held?.at(-1)?.revision === expected;
};

/** The same ids at the place where they are expected are the earlier write, asked for again; one other id, and they are not. */
const earlierWrite = (
  held: readonly StoredEvent[],
  expected: Expectation,
  events: readonly ProposedEvent[],
): readonly StoredEvent[] | undefined => {
  if (expected === 'any' || expected === 'stream-exists') return undefined;
  const first = expected === 'no-stream' ? 0 : expected + 1;
  const there = held.slice(first, first + events.length);
  const same = there.length === events.length && there.every(({ id }, n) => id === events[n]?.id);
  return same ? there : undefined;
};

const accepted = (last: StoredEvent | undefined): AppendOutcome => ({
  accepted: true,
  revision: last?.revision ?? 0,
  position: last?.position ?? 0n,
});

/** Positions are offsets into the transaction file: they grow by what a record takes. */
const nextPosition = (all: readonly StoredEvent[]): bigint => {
  const last = all.at(-1);
  return last === undefined ? 1024n : last.position + BigInt(last.data.length + last.metadata.length + 64);
};
