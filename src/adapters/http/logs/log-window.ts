import type { LineIndex } from './line-index.ts';
import type { LogText } from './log-text.ts';

/** A few lines of a log. */
export type LogWindow = {
  /** Number of the first of `lines`. */
  readonly first: number;
  readonly lines: readonly string[];
  /** Lines that the log has by now; of a log that grows the last one may not be whole. */
  readonly of: number;
  readonly isGrowing: boolean;
};

/** Longer lines are cut: nobody reads them, and they may be as long as the log. Bytes. */
const longestLine = 2000;
const piece = 64 * 1024;
/** What is read for one window at most. Bytes. */
const mostBytes = 1024 * 1024;

/** At most `count` lines from `first` on, in bounded time and memory whatever the log holds. */
export const logWindow = async (log: LogText, index: LineIndex, first: number, count: number): Promise<LogWindow> => {
  const of = await index.lines();
  const from = Math.max(1, Math.min(first, of));
  const begin = await index.startOf(from);
  const lines = cutter();
  for (let at = begin; lines.done() < count && at - begin < mostBytes; ) {
    const bytes = await log.read(at, piece);
    if (bytes.length === 0) break;
    lines.take(bytes);
    at += bytes.length;
  }
  // The last line has no newline yet; while the log grows it is not shown.
  const whole = log.isGrowing ? lines.whole() : lines.all();
  return { first: from, lines: whole.slice(0, count), of, isGrowing: log.isGrowing };
};

/** Takes bytes and gives lines, each cut to a length that can be shown. */
export const cutter = () => {
  const whole: string[] = [];
  let kept: Buffer[] = [];
  let length = 0;
  const keep = (bytes: Buffer): void => {
    const room = longestLine - length;
    if (room > 0 && bytes.length > 0) kept.push(bytes.subarray(0, room));
    length += bytes.length;
  };
  const line = (): string => {
    const text = Buffer.concat(kept).toString('utf8').replace(/\r$/, '');
    return length > longestLine ? `${text} … (${length - longestLine} more bytes)` : text;
  };
  return {
    take: (bytes: Buffer): void => {
      let from = 0;
      for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, from)) {
        keep(bytes.subarray(from, at));
        whole.push(line());
        [kept, length, from] = [[], 0, at + 1];
      }
      keep(bytes.subarray(from));
    },
    done: () => whole.length,
    whole: (): readonly string[] => whole,
    all: (): readonly string[] => (length > 0 ? [...whole, line()] : whole),
  };
};
