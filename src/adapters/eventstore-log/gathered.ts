import type { StreamingRead } from '@eventstore/db-client';
import { isMissingStream } from './faults.ts';

/**
 * All that one read brings; nothing, where there is no such stream. Rejects when nothing comes for `silence`
 * milliseconds, and when the log closes meanwhile: a read cut short by ourselves ends like a complete one.
 */
export const gathered = <Event>(
  read: StreamingRead<Event>,
  silence: number,
  closing: AbortSignal,
): Promise<readonly Event[]> => {
  const events: Event[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<readonly Event[]>();
  const cancel = (reason: string): void => {
    reject(new Error(reason));
    read.cancel().catch(() => undefined);
  };
  const onClosing = (): void => cancel('the log is closed');
  const timer = setTimeout(() => cancel(`no answer within ${silence} ms`), silence);
  closing.addEventListener('abort', onClosing);
  if (closing.aborted) onClosing();
  read.on('data', (event) => {
    events.push(event);
    timer.refresh();
  });
  read.on('error', (error: Error) => (isMissingStream(error) ? resolve([]) : reject(error)));
  read.on('end', () => resolve(events));
  read.on('close', () => reject(new Error('the connection was closed')));
  return promise.finally(() => {
    clearTimeout(timer);
    closing.removeEventListener('abort', onClosing);
  });
};
