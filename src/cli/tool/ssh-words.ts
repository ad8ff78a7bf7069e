import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../../domain/refusal.ts';

const mostCharacters = 4096;

/** What may stand before the command: none of it says where to, as whom, or how. */
const globals: ReadonlySet<string> = new Set(['--json', '--wait']);

/**
 * What somebody at the other end of ssh asks of the tool, from the one line that ssh makes of their words (SSH_ORIGINAL_COMMAND). Blanks
 * part words, quotation marks of one kind hold them together, and nothing else means anything: no shell reads the line, here or later.
 */
export const sshWords = (
  line: string,
): Either<Refusal, { readonly options: readonly string[]; readonly command: readonly string[] }> => {
  if (line.length > mostCharacters || /\p{Cc}/u.test(line)) {
    const fact = `the command is longer than ${mostCharacters} characters, or holds a line break or control character`;
    return left(refusal('malformed-command', fact, 'give texts of several lines on standard input: @-'));
  }
  const words = split(line);
  if (words === undefined) {
    return left(refusal('malformed-command', 'a quotation mark is not closed', 'close it, or leave it out'));
  }
  const at = words.findIndex((word) => !globals.has(word));
  const [options, command] = at < 0 ? [words, []] : [words.slice(0, at), words.slice(at)];
  return /^[a-z][a-z-]{0,40}$/.test(command[0] ?? '')
    ? right({ options, command })
    : left(
        refusal(
          'not-a-command',
          `"${(command[0] ?? '').slice(0, 60)}" is no command of the instance`,
          'write [--json] [--wait] COMMAND and its arguments, such as: status',
        ),
      );
};

/** `undefined` where a quotation mark is open at the end. */
const split = (line: string): readonly string[] | undefined => {
  const rest = line.replaceAll(word, '');
  if (rest.trim() !== '') return undefined;
  return (line.match(word) ?? []).map((found) => found.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
};

const word = /(?:[^\s"']|"[^"]*"|'[^']*')+/g;
