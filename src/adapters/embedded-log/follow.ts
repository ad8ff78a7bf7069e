import { Observable, type Subscriber } from 'rxjs';
import type { RecordedEvent } from '../../ports/event-log.ts';
import { eventsOf } from './events-of.ts';
import type { Page } from './reading.ts';
import type { Thread } from './thread.ts';

/**
 * Everything after `after`, page by page, and then whatever the head has moved over. There is one way to read, so past
 * and future have no seam; one page is on its way while another is delivered, and never more.
 */
export const follow = (thread: Thread, after: number): Observable<RecordedEvent> =>
  new Observable((subscriber) => {
    const stop = new AbortController();
    deliver(thread, after, subscriber, stop.signal).catch((error: unknown) => subscriber.error(error));
    return () => stop.abort();
  });

const deliver = async (
  thread: Thread,
  after: number,
  subscriber: Subscriber<RecordedEvent>,
  stop: AbortSignal,
): Promise<void> => {
  let reached = after;
  let coming: Promise<Page | undefined> | undefined;
  for (;;) {
    await untilHeadIsBeyond(reached, thread, stop);
    if (stop.aborted) return;
    if (thread.hasEnded()) return subscriber.complete();
    const page = await (coming ?? pageAfter(reached, thread));
    if (page?.last === undefined) {
      coming = undefined;
      await move(thread, stop);
      continue;
    }
    reached = page.last;
    coming = thread.standing().head > reached ? pageAfter(reached, thread) : undefined;
    for (const event of eventsOf(page.text)) subscriber.next(event);
  }
};

/** Small enough that folding a page leaves the event loop free for others. */
const pageSize = 500;

/** `undefined` when it cannot be read: the log is closed or fenced, and says so itself. */
const pageAfter = (after: number, thread: Thread): Promise<Page | undefined> =>
  thread.ask({ ask: 'page', after, limit: pageSize }).catch(() => undefined);

const untilHeadIsBeyond = async (reached: number, thread: Thread, stop: AbortSignal): Promise<void> => {
  while (!stop.aborted && !thread.hasEnded() && thread.standing().head <= reached) await move(thread, stop);
};

/** Resolves at the next move of the head, at the end of the thread, or when nobody listens any more. */
const move = (thread: Thread, stop: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      forget();
      stop.removeEventListener('abort', done);
      resolve();
    };
    const forget = thread.onMove(done);
    stop.addEventListener('abort', done);
    if (stop.aborted || thread.hasEnded()) done();
  });
