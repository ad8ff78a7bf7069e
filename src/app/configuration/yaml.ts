import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { Lexer, parseDocument, stringify } from 'yaml';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';

/** Twice what an instance with every release of Debian and Ubuntu needs, and as much as a command may carry. */
const mostCharacters = 60_000;
/** The library compares each key with each other, and goes on after every error. */
const mostLexemes = 16_000;
const deepest = 20;

/**
 * Reads one YAML document (1.2, core schema) as plain data: strings as keys, each once; no tags, no merge keys, no
 * aliases, so that what is written is a tree, and as large as it looks.
 */
export const readYaml = (text: string): Either<readonly Refusal[], unknown> => {
  if (text.length > mostCharacters || lexemes(text) > mostLexemes) {
    const fact = `the document is larger than ${mostCharacters} characters or ${mostLexemes} words and signs`;
    return left([refusal('oversized-document', fact, 'put keys into keyring files, or apply it in parts')]);
  }
  if (isDeep(text)) return left([tooDeep]);
  const document = parseDocument(text, { version: '1.2', schema: 'core', stringKeys: true, prettyErrors: false });
  const complaints = [...document.errors, ...document.warnings].slice(0, 3);
  if (complaints.length > 0) {
    return left(complaints.map(({ message, pos: [at] }) => malformed(`line ${lineOf(text, at)}: ${message}`)));
  }
  try {
    return right(document.toJS({ maxAliasCount: 0 }));
  } catch (error) {
    return left([malformed(reasonOf(error))]);
  }
};

export const writeYaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

const lexemes = (text: string): number => {
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    count += 1;
    if (count > mostLexemes) break;
  }
  return count;
};

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

const malformed = (message: string): Refusal =>
  refusal('malformed-yaml', message.trim().slice(0, 500), 'correct the document');

const tooDeep = refusal(
  'malformed-yaml',
  `the document is nested deeper than ${deepest} levels`,
  'look at what mini-buildd export writes',
);

/** Seen from the brackets, dashes and indentation alone, before anything recurses into them. Text in quotes may count too: nobody needs that much. */
const isDeep = (text: string): boolean => {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    if ((character === ']' || character === '}') && open > 0) open -= 1;
    if (open > deepest) return true;
  }
  return text.split('\n').some((line) => (/^(?: *[-?:] )+/.exec(line)?.[0].match(/[-?:]/g)?.length ?? 0) > deepest);
};
