import { setTimeout as delay } from 'node:timers/promises';
import type { StreamName } from '../../domain/ids.ts';
import type { NewEvent } from '../../ports/event-log.ts';
import { isDenied } from './faults.ts';
import { nextWait } from './insist.ts';
import type { Store } from './store.ts';

/** No stream comes so far: what expects it is answered, and never written. */
const unreachableRevision = 2 ** 40;
/** Milliseconds. */
const longestBetweenKnocks = 30_000;

type Propose = (stream: StreamName, expected: number, events: readonly NewEvent[]) => Promise<unknown>;

/**
 * While appends are refused nobody may come by to try another one, as at a node that is given nothing because it can record nothing. So the store is
 * asked now and then with an append that it cannot do, and whatever it answers but that we may not says that we may.
 */
export const knocker = (
  { horizon, patience, closing }: Store,
  propose: Propose,
): ((stream: StreamName, events: readonly NewEvent[]) => void) => {
  let isKnocking = false;
  const knock = async (stream: StreamName, events: readonly NewEvent[]): Promise<void> => {
    for (let wait = patience.longestWait; horizon.isDenied(); ) {
      await delay(wait, undefined, { signal: closing, ref: false });
      await propose(stream, unreachableRevision, events).then(horizon.admitted, (error: unknown) => {
        // What is not there says nothing of what we may.
        if (isDenied(error)) horizon.denied(error);
      });
      wait = nextWait(wait, { ...patience, longestWait: longestBetweenKnocks });
    }
  };
  return (stream, events) => {
    if (isKnocking) return;
    isKnocking = true;
    knock(stream, events.slice(0, 1))
      .catch(() => undefined)
      .finally(() => {
        isKnocking = false;
      });
  };
};
