import type { AllStreamSubscription, Position as StorePosition } from '@eventstore/db-client';
import { Observable } from 'rxjs';
import type { Position, RecordedEvent } from '../../ports/event-log.ts';
import { nextWait } from './insist.ts';
import { position, storePosition } from './position.ts';
import { ours } from './read.ts';
import type { Store } from './store.ts';

/**
 * Past and future as one subscription. The client says once that it is lost, if at all, and never takes it up again; so each
 * loss is answered by a new subscription after what was delivered last, or after what the store's filter has passed over since, with
 * growing waits until one is confirmed.
 */
export const follow = (
  { client, patience, horizon, closing }: Store,
  after: Position | undefined,
): Observable<RecordedEvent> =>
  new Observable((subscriber) => {
    let last = after;
    let from: StorePosition | 'start' = after === undefined ? 'start' : storePosition(after);
    let wait = patience.firstWait;
    let subscription: AllStreamSubscription | undefined;
    let pause: NodeJS.Timeout | undefined;

    const subscribe = (): void => {
      const current = client.subscribeToAll({
        fromPosition: from,
        filter: {
          filterOn: 'streamName',
          regex: '^[^$]',
          checkpointInterval: 32,
          checkpointReached: (_, checked) => {
            if (subscription === current) from = checked;
          },
        },
      });
      subscription = current;
      const lost = (reason: unknown): void => {
        if (subscription !== current) return;
        abandon();
        horizon.missed(reason);
        pause = setTimeout(subscribe, wait);
        wait = nextWait(wait, patience);
      };
      current.on('confirmation', () => {
        horizon.reached();
        wait = patience.firstWait;
      });
      current.on('data', ({ event }) => {
        if (subscription !== current || event === undefined) return;
        const at = position(event.position.commit);
        if (last !== undefined && at <= last) return;
        last = at;
        from = event.position;
        const recorded = ours(event, horizon);
        if (recorded !== undefined) subscriber.next(recorded);
      });
      current.on('error', lost);
      current.on('end', () => lost('the subscription ended'));
      current.on('close', () => lost('the subscription was closed'));
    };

    const abandon = (): void => {
      const former = subscription;
      subscription = undefined;
      clearTimeout(pause);
      former?.unsubscribe().catch(() => undefined);
    };
    const complete = (): void => subscriber.complete();

    if (closing.aborted) return complete();
    closing.addEventListener('abort', complete);
    subscribe();
    return () => {
      closing.removeEventListener('abort', complete);
      abandon();
    };
  });
