import { type Either, left, right } from 'fp-ts/lib/Either.js';

/** One field with its line ends and continuation lines, as it was written. */
export type Field = { readonly name: string; readonly text: string };

/**
 * One stanza of control fields (deb-control(5), Policy §5.1), strictly: whoever wrote it shall not be able to begin
 * a second package. `left` says what is wrong. Bytes, not characters: pass and take latin1.
 */
export const parseStanza = (text: string): Either<string, readonly Field[]> => {
  const fields: { name: string; text: string }[] = [];
  const names = new Set<string>();
  for (const line of text.replace(/\n*$/, '').split('\n')) {
    const last = fields.at(-1);
    const name = fieldName.exec(line)?.[1];
    if (forbidden.test(line)) return left('it holds control characters');
    if (/^[ \t]/.test(line) && last !== undefined) {
      if (line.trim() === '') return left(`field ${last.name} has an empty line`);
      last.text += `${line}\n`;
    } else if (name === undefined) {
      return left(`"${line.slice(0, 60)}" is neither a field nor the continuation of one`);
    } else {
      if (names.has(name.toLowerCase())) return left(`field ${name} stands in it twice`);
      names.add(name.toLowerCase());
      fields.push({ name, text: `${line}\n` });
    }
  }
  return right(fields);
};

/** A field's value without its name; continuation lines keep their first blank. */
export const fieldValue = (fields: readonly Field[], name: string): string | undefined => {
  const wanted = name.toLowerCase();
  const found = fields.find((field) => field.name.toLowerCase() === wanted);
  return found?.text.slice(found.name.length + 1).trim();
};

const fieldName = /^([A-Za-z0-9][!-9;-~]*):/;
const forbidden = /[\0-\x08\x0b-\x1f\x7f]/;
