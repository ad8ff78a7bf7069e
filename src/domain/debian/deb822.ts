import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../refusal.ts';

/** A field under the name it was written with. Lines of a long value are joined by `\n`; the first may be empty. */
export type Field = { readonly name: string; readonly value: string };

/** Fields in the order they were written, by their name in lower case: names have no case (Policy §5.1). */
export type Paragraph = ReadonlyMap<string, Field>;

/** Characters of the whole text, and its lines. */
export type Bounds = { readonly characters: number; readonly lines: number };

/**
 * What a stranger's control file may hold. The largest source uploads of Debian stay below 100 kB and 2,000 lines;
 * whatever is inside these bounds is read in well under 100 ms.
 */
export const strangersBounds: Bounds = { characters: 1_048_576, lines: 10_000 };

/**
 * Reads control data (Policy §5.1) or refuses it: what is read is read as dpkg reads it, and what dpkg, python-debian
 * and reprepro read differently is refused. As in dpkg, CRLF, blanks at the ends of lines and a missing last newline
 * mean nothing, a line of blanks ends a paragraph, and a line of dots loses one. Unlike dpkg we refuse
 * comments, a blank before the colon, a byte order mark and every control character but the tab.
 */
export const parseDeb822 = (text: string, bounds: Bounds = strangersBounds): Either<Refusal, readonly Paragraph[]> => {
  const fault = tooLarge(text, bounds) ?? oddCharacter(text);
  if (fault !== undefined) return left(fault);
  const lines = text.split('\n');
  if (lines.length > bounds.lines + 1) return left(oversized(`${lines.length} lines`, `${bounds.lines} lines`));
  return readLines(lines);
};

/** The value of a field, whatever the case of its name; `undefined` when the paragraph has none. */
export const fieldOf = (paragraph: Paragraph, name: string): string | undefined =>
  paragraph.get(name.toLowerCase())?.value;

/** The lines of a value that stands below its field's name, such as `Files`. */
export const linesOf = (value: string): readonly string[] => value.split('\n').filter((line) => line !== '');

/**
 * Writes one paragraph, without the empty line that would end it. An empty line within a value becomes ` .`; a name or value that control data
 * cannot hold throws, because then it came from us.
 */
export const formatParagraph = (fields: Iterable<Field>): string => {
  let text = '';
  for (const { name, value } of fields) {
    if (!/^[!-"$-,.-9;-~][!-9;-~]*$/.test(name) || /[\0\r]/.test(value)) {
      throw new Error(`control data cannot hold the field ${JSON.stringify(name)} with ${JSON.stringify(value)}`);
    }
    const [first = '', ...rest] = value.split('\n');
    text += `${name}:${first === '' ? '' : ` ${first}`}\n${rest.map(continuation).join('')}`;
  }
  return text;
};

const continuation = (line: string): string => (/^(?:\s*|\.+)$/.test(line) ? ` .${line.trim()}\n` : ` ${line}\n`);

const oversized = (fact: string, bound: string): Refusal =>
  refusal('oversized', `the file has ${fact}, at most ${bound} are read`, 'upload a smaller control file');

const malformed = (line: number, fact: string): Refusal =>
  refusal('malformed-control-data', `line ${line}: ${fact}`, 'write it with dpkg-genchanges, dpkg-source or dch');

const tooLarge = (text: string, bounds: Bounds): Refusal | undefined =>
  text.length > bounds.characters
    ? oversized(`${text.length} characters`, `${bounds.characters} characters`)
    : undefined;

/** Control characters other than tab and line ends, a carriage return that ends no line, a mark at the beginning. */
const odd = /^\uFEFF|[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u2028\u2029\uFFFE\uFFFF]|\r(?!\n|$)/;

const oddCharacter = (text: string): Refusal | undefined => {
  const found = odd.exec(text);
  if (found === null) return undefined;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return malformed(text.slice(0, found.index).split('\n').length, `character U+${code} has no place in control data`);
};

/** One paragraph in the making: values as lists of lines, since a long value would be copied once a line. */
type Draft = Map<string, { readonly name: string; readonly lines: string[] }>;

const readLines = (lines: readonly string[]): Either<Refusal, readonly Paragraph[]> => {
  const drafts: Draft[] = [];
  let draft: Draft | undefined;
  let value: string[] | undefined;
  for (const [index, raw] of lines.entries()) {
    const line = trimEnd(raw);
    if (line === '') {
      draft = undefined;
      value = undefined;
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (value === undefined) return left(malformed(index + 1, 'a continued value follows no field'));
      value.push(continued(line.slice(1)));
    } else {
      if (draft === undefined) {
        draft = new Map();
        drafts.push(draft);
      }
      const field = readField(line, index + 1, draft);
      if (isLeft(field)) return field;
      value = field.right;
    }
  }
  return right(drafts.map(finished));
};

/** dpkg's reading of a line of dots: one dot stands for the emptiness of the line, the others for themselves. */
const continued = (line: string): string => (/^\.+$/.test(line) ? line.slice(1) : line);

const readField = (line: string, number: number, draft: Draft): Either<Refusal, string[]> => {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  if (!/^[!-"$-,.-9;-~][!-9;-~]{0,127}$/.test(name)) {
    return left(malformed(number, `"${line.slice(0, 60)}" is neither a field nor a continued value`));
  }
  if (draft.has(name.toLowerCase())) {
    return left(
      refusal('duplicate-field', `line ${number}: the field ${name} stands twice`, 'leave each field once in the file'),
    );
  }
  const lines = [line.slice(colon + 1).replace(/^[ \t]+/, '')];
  draft.set(name.toLowerCase(), { name, lines });
  return right(lines);
};

const finished = (draft: Draft): Paragraph =>
  new Map([...draft].map(([key, { name, lines }]) => [key, { name, value: lines.join('\n') }]));

/** By hand: `/[ \t\r]+$/` takes quadratic time on a line of blanks. */
const trimEnd = (line: string): string => {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end);
};
