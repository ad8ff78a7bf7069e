import { setTimeout as pause } from 'node:timers/promises';
import type { EventLog, LogState } from './ports/event-log.ts';

/** Milliseconds. */
const lookEvery = 1000;

/** Hears when the log ceases to take events, why, each time the reason is another one, and when it takes them again. Ends with the returned function. */
export const watchLog = (log: Pick<EventLog, 'state'>, hear: (state: LogState) => void): (() => void) => {
  let heard: string | undefined;
  const look = (): void => {
    const state = log.state();
    const reason = state.status === 'writable' ? undefined : state.reason;
    if (reason === heard) return;
    heard = reason;
    hear(state);
  };
  look();
  const timer = setInterval(look, lookEvery).unref();
  return () => clearInterval(timer);
};

/** Whether a log has answered yet. One that does not may do so in a second, or when somebody has repaired what it is waiting for. */
export const answers = async (log: EventLog): Promise<boolean> => {
  try {
    await log.readAll(undefined, 1);
    return true;
  } catch (error) {
    if (log.state().status !== 'unreachable') throw error;
    return false;
  }
};

/** Resolves when the log has answered. Rejects when it never will: it is there, and cannot be read. */
export const untilAnswers = async (log: EventLog): Promise<void> => {
  while (!(await answers(log))) await pause(lookEvery);
};
