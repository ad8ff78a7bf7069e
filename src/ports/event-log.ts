import type { Either } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { Instant } from '../domain/codec.ts';
import type { Actor, EventId, StreamName } from '../domain/ids.ts';
import type { Subject } from '../domain/subject.ts';

/**
 * Where an event stands in the whole log. Opaque: only its order means something, and positions compare
 * as strings (`a < b`). Never reused, not even after a torn tail was dropped.
 */
export type Position = string & { readonly position: unique symbol };

/** The event itself, as JSON: the log knows its type and nothing else of it. */
export type Body = { readonly type: string };

export type NewEvent = {
  /** Chosen by the caller, so that a repeated append is recognised. */
  readonly id: EventId;
  readonly body: Body;
  readonly actor: Actor;
  /** The event that made this one necessary. */
  readonly causedBy: EventId | undefined;
  /** The upload or command that started it all. */
  readonly correlation: string;
  readonly subject: Subject;
};

export type RecordedEvent = NewEvent & {
  readonly stream: StreamName;
  /** Place within the stream, from 0. */
  readonly revision: number;
  readonly position: Position;
  /** When the log took it; never goes back along the log. */
  readonly recordedAt: Instant;
};

/** `'none'`: the stream must not exist. A number: the revision of its last event. */
export type ExpectedRevision = number | 'none';

export type Query = {
  readonly stream?: StreamName;
  readonly type?: string;
  readonly package?: string;
  readonly distribution?: string;
  /** `Actor.name`. */
  readonly actor?: string;
  readonly correlation?: string;
  /** Recorded at this instant or later. */
  readonly from?: Instant;
  /** Recorded before this instant. */
  readonly until?: Instant;
  /** Newest first from before this position; without it from the end. */
  readonly before?: Position;
  /** Oldest first from after this position; wins over `before`. */
  readonly after?: Position;
  readonly limit: number;
};

/**
 * What a log that chains its events by hash found true when it looked: each event up to `position` follows from its own bytes and the
 * event before. `digest` is the hash of the last: it stands for all of them.
 */
export type Verified = { readonly position: Position; readonly digest: string; readonly at: Instant };

export type LogState =
  | { readonly status: 'writable'; readonly head: Position | undefined; readonly notices: readonly string[] }
  /** Reading goes on, nothing is acknowledged any more. `reason` names the position and the remedy. */
  | { readonly status: 'fenced'; readonly head: Position | undefined; readonly reason: string }
  | { readonly status: 'unreachable'; readonly head: Position | undefined; readonly reason: string };

/** Bytes of one append, as `countedBytes` has them. An EventStoreDB server takes no more at once, so that no log does. */
export const mostBytes = 1_048_576;

/** What no log takes in one append, today or later; nothing of it was recorded. */
export class TooMuchAtOnce extends Error {}

/** What a store may add to an event as we write it: times, and its type once more. */
const added = 128;

/** Of events as JSON: never less than any log makes of them. */
export const countedBytes = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text) + added, 0);

/** Every log asks this before it appends anything. Throws `TooMuchAtOnce`. */
export const refuseTooMuch = (stream: StreamName, texts: readonly string[]): void => {
  const bytes = countedBytes(texts);
  if (bytes > mostBytes)
    throw new TooMuchAtOnce(
      `${texts.length} events of ${bytes} bytes are to come into stream ${stream} at once, and a log takes ${mostBytes}`,
    );
};

/**
 * The append-only log. What resolved is durable; what rejected is of unknown outcome, unless it is `TooMuchAtOnce`, and may be appended again
 * with the same event ids, which is recognised.
 */
export interface EventLog {
  /**
   * All events or none, to one stream. `left('conflict')` when the stream stands elsewhere than expected. More than `mostBytes` rejects with
   * `TooMuchAtOnce`, wherever the stream stands.
   * Appending the same ids again at the same place resolves as the first time did. A log that tries again by itself asks
   * `mayRepeat` before each repeat, and rejects with what that rejects with.
   */
  readonly append: (
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    mayRepeat?: () => Promise<void>,
  ) => Promise<Either<'conflict', readonly RecordedEvent[]>>;

  /** One stream from its beginning, in order; empty when there is none. */
  readonly readStream: (stream: StreamName) => Promise<readonly RecordedEvent[]>;

  /** The whole log in pages: at most `limit` events after `after`, oldest first. Empty at the end. */
  readonly readAll: (after: Position | undefined, limit: number) => Promise<readonly RecordedEvent[]>;

  /**
   * What comes after `after`, past and future, each at least once and in order of position. Heals lost
   * connections by itself; ends only on unsubscription or `close`.
   */
  readonly follow: (after: Position | undefined) => Observable<RecordedEvent>;

  readonly query: (query: Query) => Promise<readonly RecordedEvent[]>;

  readonly state: () => LogState;

  /** `undefined` where events are not chained, were not looked at yet, or something was found wrong. */
  readonly verified: () => Verified | undefined;

  /** Waits for appends under way. */
  readonly close: () => Promise<void>;
}
