import { memoryStore, openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import type { EventLog } from '../../src/ports/event-log.ts';

/** A log in memory that, right after it read a stream that `isOfInterest`, does the next thing of `between` before it answers. */
export const interruptedLog = (isOfInterest: (stream: string) => boolean) => {
  const store = memoryStore();
  const between: (() => Promise<unknown>)[] = [];
  const openLog = async (now: () => number) => async (): Promise<EventLog> => {
    const log = openMemoryLog(store, now);
    const readStream: EventLog['readStream'] = async (stream) => {
      const history = await log.readStream(stream);
      if (isOfInterest(stream)) await between.shift()?.();
      return history;
    };
    return { ...log, readStream };
  };
  return { between, openLog };
};
