import type { RecordedEvent as StoredEvent, StreamingRead } from '@eventstore/db-client';
import type { StreamName } from '../../domain/ids.ts';
import type { Position, RecordedEvent } from '../../ports/event-log.ts';
import { fromStore } from './envelope.ts';
import { NotOurs } from './faults.ts';
import { gathered } from './gathered.ts';
import type { Horizon } from './horizon.ts';
import { insist } from './insist.ts';
import { position, storePosition } from './position.ts';
import type { Store } from './store.ts';

/** Reads the store for one log. What does not come is asked for again, until patience ends. */
export type Reader = {
  /** Events of one stream in order, from revision `first` on, at most `count`. Throws at a stranger's event. */
  readonly stream: (stream: StreamName, first?: number, count?: number) => Promise<readonly RecordedEvent[]>;
  /** The whole log, asked for `page` events at a time: forwards what comes after `from`, backwards what stands before it. */
  readonly all: (
    direction: 'forwards' | 'backwards',
    from: Position | undefined,
    page: number,
  ) => AsyncGenerator<RecordedEvent>;
};

export const reader = (store: Store): Reader => {
  const { client, patience, horizon, closing } = store;
  const ask = async (read: () => StreamingRead<{ readonly event?: StoredEvent }>): Promise<readonly StoredEvent[]> => {
    const resolved = await insist(store, () => gathered(read(), patience.answerWithin, closing));
    return resolved.flatMap(({ event }) => event ?? []);
  };

  return {
    stream: async (stream, first = 0, count = Number.MAX_SAFE_INTEGER) => {
      const options = { fromRevision: BigInt(first), maxCount: count, requiresLeader: true };
      const recorded = once((await ask(() => client.readStream(stream, options))).map(fromStore));
      for (const event of recorded) horizon.saw(event);
      return recorded;
    },

    all: async function* (direction, from, page) {
      let last = from;
      // Forwards the store begins with the event at the position, which is the one we have.
      const maxCount = page + 1;
      for (;;) {
        const fromPosition = last === undefined ? startOf[direction] : storePosition(last);
        const stored = await ask(() => client.readAll({ direction, fromPosition, maxCount, requiresLeader: true }));
        const before = last;
        for (const event of stored) {
          const at = position(event.position?.commit ?? 0n);
          if (last !== undefined && (direction === 'forwards' ? at <= last : at >= last)) continue;
          last = at;
          const recorded = ours(event, horizon);
          if (recorded !== undefined) yield recorded;
        }
        if (stored.length < maxCount || last === before) return;
      }
    },
  };
};

/** What comes twice in an answer is one event. */
const once = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  events.filter(({ revision }, n) => revision > (events[n - 1]?.revision ?? -1));

const startOf = { forwards: 'start', backwards: 'end' } as const;

/** Of what stands in `$all`, the events of this daemon: neither the store's own nor, with a notice, another program's. */
export const ours = (stored: StoredEvent, horizon: Horizon): RecordedEvent | undefined => {
  if (stored.streamId.startsWith('$')) return undefined;
  try {
    const recorded = fromStore(stored);
    horizon.saw(recorded);
    return recorded;
  } catch (error) {
    if (!(error instanceof NotOurs)) throw error;
    horizon.notice(error.message);
    return undefined;
  }
};
