import { setImmediate as breath, setTimeout as pause } from 'node:timers/promises';
import { type LogWindow, logWindow } from './log-window.ts';
import type { OpenLog } from './open-logs.ts';

/** New lines of a log that grows, said once for all who follow it, and the same bytes for each. */
export type Batch = { readonly first: number; readonly last: number; readonly said: Buffer };

export type LogBroadcast = {
  /**
   * The lines after `line` as they come: a batch that goes beyond it, which may begin before or after the next line for who is not
   * up to date; `'ended'` when no more will come.
   */
  readonly beyond: (line: number, signal: AbortSignal) => Promise<Batch | 'ended' | undefined>;
};

/** Nobody reads faster. Milliseconds. */
const tick = 250;
const linesAtOnce = 500;
/** Of what runs past nobody reads more than a screen. */
const linesInPassing = 120;
/** Streams that are told one after the other before anything else has its turn. */
const portion = 10;
/** For who is a little behind. */
const batchesKept = 16;

/** Where to go on: behind what was said, unless so much came since that what is in between is left out. */
const firstToSay = (next: number | undefined, lines: number): number => {
  const isPassing = next !== undefined && lines - next >= linesAtOnce;
  return Math.max(isPassing ? 0 : (next ?? 0), lines - (isPassing ? linesInPassing : linesAtOnce) + 1, 1);
};

/**
 * One reader of a growing log, at work only while somebody follows: a thousand followers cost one reading, one rendering, and what
 * their sockets take. Of a log that grows faster than it can be shown, what is in between is left out.
 */
export const logBroadcast = (
  { text, index, isOver }: OpenLog,
  say: (window: LogWindow, last: number) => string,
): LogBroadcast => {
  const kept: Batch[] = [];
  const waiting = new Set<() => void>();
  let next: number | undefined;
  let isEnded = false;
  let isAtWork = false;

  const look = async (): Promise<void> => {
    const over = isOver();
    const lines = await index.lines();
    const first = firstToSay(next, lines);
    if (lines >= first) {
      const window = await logWindow(text, index, first, lines - first + 1);
      const last = window.first + window.lines.length - 1;
      next = last + 1;
      if (window.lines.length > 0) kept.push({ first: window.first, last, said: Buffer.from(say(window, last)) });
      if (kept.length > batchesKept) kept.shift();
    }
    isEnded = over;
  };

  /** Others have the thread between two portions of many. */
  const wakeAll = async (): Promise<void> => {
    for (const [n, wake] of [...waiting].entries()) {
      wake();
      if (n % portion === portion - 1) await breath();
    }
  };

  const work = async (): Promise<void> => {
    isAtWork = true;
    while (waiting.size > 0 && !isEnded) {
      // A log that went away has ended.
      await look().catch(() => {
        isEnded = true;
      });
      await wakeAll();
      await pause(tick);
    }
    isAtWork = false;
  };

  const wakened = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake);
      if (!isAtWork) void work();
    });

  return {
    beyond: async (line, signal) => {
      while (!signal.aborted) {
        const batch = kept.find(({ last }) => last > line);
        if (batch !== undefined) return batch;
        if (isEnded) return 'ended';
        await wakened(signal);
      }
      return undefined;
    },
  };
};
