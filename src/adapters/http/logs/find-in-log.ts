import { type LineIndex, newlines } from './line-index.ts';
import type { LogText } from './log-text.ts';
import { withoutSequences } from './terminal-text.ts';

/** `line`: the first one that fits. Else `next`: where to go on, for there is more than one look takes; or neither: there is none. */
export type Found = { readonly line: number | undefined; readonly next: number | undefined };

/** What one look reads at most, and at once. Bytes. */
const oneLook = 16 * 1024 * 1024;
const piece = 64 * 1024;

/** Whether it is somewhere in a text: in a line, or in many at once. */
export type Sought = (text: string) => boolean;

/** Part of a line, in any case and in any colours. */
export const textSought = (sought: string): Sought => {
  const lower = sought.toLowerCase();
  return (text) => withoutSequences(text).toLowerCase().includes(lower);
};

/**
 * What compilers, linkers, make, cmake, meson, dpkg, apt, sbuild and test programs write where something went wrong, in colours or
 * not. A file or variable that is only called so does not count, nor does a sum of none.
 */
export const isError: Sought = (text) => errors.test(withoutSequences(text));

const errors = new RegExp(
  [
    /(?:(?:^|[\s:])(?:fatal )?(?:error|ERROR)(?:\[\w+\])?|^[\w.]*(?:Error|Exception)): (?! *0[ \r]*$)/,
    /^(?:[\w-]+: )?E: |^E {2,}\S/,
    // From one mark to the next only: a line of nothing but marks takes no longer than another one.
    /\*\*\* (?:(?!\*\*\* ).)*\b(?:Error|Stop\b|missing separator)/,
    /^Traceback \(most recent/,
    /\b(?:FAILED|FAIL): (?! *0[ \r]*$)|(?<!\b0)(?:^|\s)FAILED\b(?!:)/,
    // What the Test Anything Protocol lets fail is none.
    /^[ \t]*not ok\b(?!.*# *(?:TODO|SKIP)\b)/,
    /^dpkg-\w+: error|^(?:\w+: )?unmet dependencies/,
    /^CMake Error\b/,
    /\bundefined reference to\b|\bld(?:\.\w+)?: cannot find /,
  ]
    .map(({ source }) => source)
    .join('|'),
  'm',
);

/** Looks from the beginning of `line` on. Other work gets its turn between two pieces. */
export const findInLog = async (log: LogText, index: LineIndex, line: number, sought: Sought): Promise<Found> => {
  const begin = await index.startOf(line);
  let kept: Buffer = Buffer.alloc(0);
  let number = line;
  for (let at = begin; ; ) {
    const bytes = await log.read(at, piece);
    at += bytes.length;
    const isEnd = bytes.length < piece;
    const here = Buffer.concat([kept, bytes]);
    // Whole lines, so that nothing is cut in two; a line longer than a piece is looked at in parts.
    const whole = isEnd ? here.length : here.lastIndexOf(0x0a) + 1;
    const text = here.subarray(0, whole).toString('utf8');
    kept = here.subarray(whole).subarray(-piece);
    const lines = sought(text) ? text.split('\n') : undefined;
    const found = lines?.findIndex(sought) ?? -1;
    if (found !== -1) return { line: number + found, next: undefined };
    if (isEnd) return { line: undefined, next: undefined };
    number += newlines(here.subarray(0, whole));
    if (at - begin >= oneLook) return { line: undefined, next: number };
  }
};
