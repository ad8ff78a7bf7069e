import { rmSync } from 'node:fs';
import { defer, tap } from 'rxjs';
import { reasonOf } from '../../domain/reason.ts';
import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';
import { type HistoryIndex, openHistoryIndex } from './history-index.ts';

/** Events asked of the log at once, to catch up. */
const page = 500;

/**
 * A log whose history is asked of an index in `folder` beside it, as long as that holds what the log holds; it may be deleted whenever nobody
 * uses it. Everything that is read on goes into the index as it passes by, and what is missing is fetched before a question is answered. Reading from
 * the beginning, as every start does, is answered from the index, whose events are chained by hash from the time they came. An index of another log, or
 * one that fails, is given up: the log is asked itself.
 */
export const indexedLog = (log: EventLog, folder: string): EventLog => {
  let index: HistoryIndex | undefined;
  let fault: string | undefined;
  let comparing: Promise<void> | undefined;

  const giveUp = (error: unknown): undefined => {
    fault = `The index of the history failed (${reasonOf(error)}) and was thrown away; queries take longer until the daemon is started again`;
    const failed = index;
    index = undefined;
    try {
      failed?.close();
      rmSync(folder, { recursive: true, force: true });
    } catch (further) {
      fault = `${fault}: delete ${folder} before (${reasonOf(further)})`;
    }
  };
  const using = <A>(act: (index: HistoryIndex) => A): A | undefined => {
    if (index === undefined) return undefined;
    try {
      return act(index);
    } catch (error) {
      return giveUp(error);
    }
  };

  /** Opens the index once the log answers, and empties it when it is not this log's. */
  const compared = (): Promise<void> => {
    comparing ??= compare().catch((error: unknown) => {
      comparing = undefined;
      throw error;
    });
    return comparing;
  };
  const compare = async (): Promise<void> => {
    let opened: HistoryIndex;
    try {
      opened = openHistoryIndex(folder);
    } catch (error) {
      return giveUp(error);
    }
    try {
      if (!(await isOf(log, opened))) opened.clear();
      index = opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  };

  /** Takes events that follow `previous` in the log without a gap. */
  const offer = (previous: Position | undefined, events: readonly RecordedEvent[]): void => {
    using((open) => {
      const last = open.last()?.position;
      if (previous !== undefined && (last === undefined || previous > last)) return;
      const news = events.filter(({ position }) => last === undefined || position > last);
      if (news.length > 0) open.add(news);
    });
  };

  const catchUp = async (): Promise<void> => {
    for (;;) {
      const { head, status } = log.state();
      const last = index?.last()?.position;
      if (index === undefined || head === undefined || status === 'unreachable') return;
      if (last !== undefined && last >= head) return;
      const events = await log.readAll(last, page);
      if (events.length === 0) return;
      offer(last, events);
    }
  };

  return {
    ...log,
    readAll: async (after, limit) => {
      await compared();
      const known = using((open) => open.page(after, Math.max(0, limit)));
      if (known !== undefined && known.length > 0) return known;
      const read = await log.readAll(after, limit);
      offer(after, read);
      return read;
    },
    follow: (after) =>
      defer(() => {
        let previous = after;
        return log.follow(after).pipe(
          tap((event) => {
            offer(previous, [event]);
            previous = event.position;
          }),
        );
      }),
    query: async (asked) => {
      await compared();
      await catchUp();
      return using((open) => open.query(asked)) ?? log.query(asked);
    },
    state: () => {
      const state = log.state();
      return state.status === 'writable' && fault !== undefined
        ? { ...state, notices: [...state.notices, fault] }
        : state;
    },
    close: async () => {
      await log.close();
      using((open) => open.close());
      index = undefined;
    },
  };
};

/** Whether the last event of an index stands where it stands in the log, after the one before it. Rejects when the log does not answer. */
const isOf = async (log: EventLog, index: HistoryIndex): Promise<boolean> => {
  const last = index.last();
  if (last === undefined) return true;
  const [there] = await log.readAll(index.beforeLast(), 1);
  return there?.id === last.id && there.position === last.position;
};
