import { right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { instant } from '../../domain/codec.ts';
import type { Journal, JournalEntry } from '../../ports/journal.ts';
import { type ArgumentOf, type Command, command } from './command.ts';

/** `logcat`: what the daemon said of itself lately. */
export const logcat = (journal: Journal): Command =>
  command({
    name: 'logcat',
    summary: 'Prints the last lines of the daemon’s own journal',
    arguments: { lines: lineCount('How many lines at most') },
    privilege: 'staff',
    run: (given) => {
      const entries = journal.last(given.lines);
      return right({
        json: entries.map(({ at, ...entry }) => ({ at: instant(at), ...entry })),
        plain: entries.map(plain).join(''),
      });
    },
  });

const plain = ({ at, level, message, details }: JournalEntry): string => {
  const rest = Object.keys(details).length === 0 ? '' : ` ${JSON.stringify(details)}`;
  return `${instant(at)} ${level.toUpperCase()} ${message}${rest}\n`;
};

/** How many lines are wanted. */
export const lineCount = (summary: string): ArgumentOf<number> => ({
  codec: new t.Type<number, string, unknown>(
    'Lines',
    (input): input is number => typeof input === 'number',
    (input, context) =>
      /^[1-9]\d{0,3}$/.test(String(input))
        ? t.success(Number(input))
        : t.failure(input, context, 'a whole number from 1 to 9999'),
    String,
  ),
  positional: false,
  short: 'n',
  fallback: '500',
  summary,
});
