import { left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { text } from '../../domain/codec.ts';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { ReadLog, SoughtInLog } from '../../ports/build-logs.ts';
import { flag } from './arguments.ts';
import { type ArgumentOf, type Command, command } from './command.ts';
import { maybe } from './history-arguments.ts';
import { lineCount } from './logcat.ts';

const Sought = text('Sought', /^[^\p{Cc}]{1,200}$/u, 'at most 200 characters on one line');

/** So many lines before what was found are shown with it. */
const linesBefore = 10;

/** `log`: lines of the log of a build, as its page shows them. */
export const log = (readLog: ReadLog): Command =>
  command({
    name: 'log',
    summary: 'Prints lines of the log of a build, also while it is written: the last ones, or from a line or a text on',
    arguments: {
      build: { codec: BuildId, positional: true, short: undefined, fallback: undefined, summary: 'Id of the build' },
      from: lineNumber('From this line on, from 1; without it, the last lines'),
      lines: lineCount('How many lines at most'),
      find: maybe(Sought, 'Looks for this text, in any case, and shows where it is'),
      error: flag('Looks for the first line that reads like an error, and shows where it is'),
    },
    privilege: 'none',
    run: async ({ build, from, lines: count, find, error }) => {
      const opened = await readLog(build);
      if (opened === undefined) return left(noLog(build));
      if ('gone' in opened) return left(gone(opened.gone.name));
      const sought: SoughtInLog | undefined = error ? { error } : find === undefined ? undefined : { text: find };
      const found = sought && (await opened.find(sought, from ?? 1));
      const at = found?.line ?? found?.next;
      const { isGrowing, ...shown } = await opened.lines(
        at === undefined ? from : Math.max(1, at - linesBefore),
        count,
      );
      return right({
        json: { build, ...shown, growing: isGrowing, found: found?.line ?? null, next: found?.next ?? null },
        plain: `${shown.lines.map((line) => `${line}\n`).join('')}${found === undefined ? '' : says(found)}`,
      });
    },
  });

const says = ({ line, next }: { readonly line: number | undefined; readonly next: number | undefined }): string => {
  if (line !== undefined) return `found in line ${line}\n`;
  return next === undefined ? 'not found\n' : `not found before line ${next}: look on from there\n`;
};

const lineNumber = (summary: string): ArgumentOf<number | undefined> => ({
  codec: new t.Type<number | undefined, string, unknown>(
    'LineNumber',
    (input): input is number | undefined => input === undefined || typeof input === 'number',
    (input, context) => {
      if (input === '') return t.success(undefined);
      return /^[1-9]\d{0,11}$/.test(String(input))
        ? t.success(Number(input))
        : t.failure(input, context, 'a whole number from 1');
    },
    String,
  ),
  positional: false,
  short: undefined,
  fallback: '',
  summary,
});

const noLog = (build: string) =>
  refusal('no-log', `there is no log of ${build}`, 'it may not have been built yet: see why');

const gone = (name: string) =>
  refusal('file-withdrawn', `${name} is not kept any more`, 'history says who let it go, and why');
