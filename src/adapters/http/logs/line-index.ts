import type { LogText } from './log-text.ts';

/** Where the lines of a log begin. Lines count from 1; offsets are bytes. */
export type LineIndex = {
  /** How many there are; of a log that grows those that are whole. */
  readonly lines: () => Promise<number>;
  /** Where a line begins; the end of the log for one that it does not have. */
  readonly startOf: (line: number) => Promise<number>;
  /** The line that a byte belongs to. */
  readonly lineOf: (byte: number) => Promise<number>;
};

/** A number is remembered for each so many bytes, and the rest is counted when it is asked for. */
const step = 64 * 1024;
const together = 4 * step;
const newline = 0x0a;

/** Reads the log once, as far as it is asked about, and remembers little: 13 kB for 100 MB. */
export const lineIndex = (log: LogText): LineIndex => {
  /** Newlines before byte `step * n`. */
  const before: number[] = [0];
  let growing: Promise<void> = Promise.resolve();
  const known = (): number => before.at(-1) ?? 0;

  const grow = async (isEnough: () => boolean): Promise<void> => {
    while (!isEnough()) {
      const from = (before.length - 1) * step;
      const bytes = await log.read(from, together);
      for (let at = 0; at + step <= bytes.length; at += step)
        before.push(known() + newlines(bytes.subarray(at, at + step)));
      if (bytes.length < together) return;
    }
  };
  /** One reading at a time, however many ask. */
  const grown = (isEnough: () => boolean): Promise<void> => {
    growing = growing.catch(() => undefined).then(() => grow(isEnough));
    return growing;
  };

  const lineOf = async (byte: number): Promise<number> => {
    await grown(() => (before.length - 1) * step >= byte);
    const part = Math.min(Math.floor(byte / step), before.length - 1);
    const rest = await log.read(part * step, byte - part * step);
    return (before[part] ?? 0) + newlines(rest) + 1;
  };

  return {
    lineOf,
    lines: async () => {
      const size = log.size();
      if (size === 0) return 0;
      const [last] = await log.read(size - 1, 1);
      return (await lineOf(size)) - (log.isGrowing || last === newline ? 1 : 0);
    },
    startOf: async (line) => {
      if (line <= 1) return 0;
      const wanted = line - 1;
      await grown(() => known() >= wanted);
      let part = lastBelow(before, wanted);
      for (let count = before[part] ?? 0; ; part += 1) {
        const bytes = await log.read(part * step, step);
        const at = nth(bytes, wanted - count);
        if (at !== undefined) return part * step + at + 1;
        if (bytes.length < step) return part * step + bytes.length;
        count += newlines(bytes);
      }
    },
  };
};

/** The last part before which fewer newlines stand than are wanted. */
const lastBelow = (before: readonly number[], wanted: number): number => {
  let [low, high] = [0, before.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((before[middle] ?? 0) < wanted) low = middle;
    else high = middle - 1;
  }
  return low;
};

export const newlines = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
};

/** Where the `n`-th newline is, from 1. */
const nth = (bytes: Buffer, n: number): number | undefined => {
  let at = -1;
  for (let count = 0; count < n; count += 1) {
    at = bytes.indexOf(newline, at + 1);
    if (at === -1) return undefined;
  }
  return at;
};
