import { setImmediate } from 'node:timers/promises';
import { firstValueFrom, take, timeout, toArray } from 'rxjs';
import type { EventLog, Position, RecordedEvent } from '../../../src/ports/event-log.ts';

/** Milliseconds: long enough for a slow machine, short where the test waits for it. */
export const brisk = { answerWithin: 10_000, giveUpAfter: 20_000, firstWait: 5, longestWait: 100 };
const patience = 20_000;

export const gather = (log: EventLog, after: Position | undefined, count: number): Promise<readonly RecordedEvent[]> =>
  firstValueFrom(log.follow(after).pipe(take(count), toArray(), timeout(patience)));

export const until = async (holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + patience; !holds(); await setImmediate())
    if (Date.now() > end) throw new Error('what was waited for did not come');
};
