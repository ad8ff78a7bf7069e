import type { ReadLog } from '../../../ports/build-logs.ts';
import { findInLog, isError, textSought } from './find-in-log.ts';
import { logWindow } from './log-window.ts';
import type { OpenLogs } from './open-logs.ts';
import { withoutSequences } from './terminal-text.ts';

/** Logs as commands read them. */
export const readLogs =
  (logs: OpenLogs): ReadLog =>
  async (build) => {
    const log = await logs(build);
    if (log === undefined || 'gone' in log) return log;
    const { text, index } = log;
    return {
      lines: async (first, count) => {
        const window = await logWindow(text, index, first ?? (await index.lines()) - count + 1, count);
        return { ...window, lines: window.lines.map(withoutSequences) };
      },
      find: (sought, from) => findInLog(text, index, from, 'error' in sought ? isError : textSought(sought.text)),
    };
  };
