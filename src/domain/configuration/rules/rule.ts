import { isOnOneLineInSight } from '../../out-of-sight.ts';
import { type Refusal, refusal } from '../../refusal.ts';

/** A refusal unless the rule `isKept`. */
export const unless = (isKept: boolean, rule: string, fact: string, remedy: string): readonly Refusal[] =>
  isKept ? [] : [refusal(rule, fact, remedy)];

/** What stands more than once. */
export const repeated = (words: readonly string[]): readonly string[] => [
  ...new Set(words.filter((word, index) => words.indexOf(word) !== index)),
];

export const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');

/** One line of printable text that other programs read as one word list; nothing in it reorders or hides its neighbours. */
export const isOneLine = (text: string, most = 200): boolean => text.length <= most && isOnOneLineInSight(text);

export const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text).source.length <= 200;
  } catch {
    return false;
  }
};

/** An absolute path without detours. */
export const isPath = (text: string): boolean =>
  /^(?:\/[^/\0-\x1f\x7f]+)+$/.test(text) && !/\/\.\.?(?:\/|$)/.test(text);
