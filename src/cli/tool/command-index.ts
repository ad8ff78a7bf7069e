import * as t from 'io-ts';
import { text } from '../../domain/codec.ts';

/** What can be written at a shell without quotes, and is no option. */
const Word = text('Word', /^[a-z][a-z0-9_-]{0,63}$/, 'lower case letters, digits, "_" and "-"');
const Letter = text('Letter', /^[A-Za-z]$/, 'one letter');

const Argument = t.strict({
  name: Word,
  positional: t.boolean,
  short: t.union([Letter, t.null]),
  /** Used by the instance when nothing is given. */
  fallback: t.union([t.string, t.null]),
  /** Name of the codec that reads it. */
  type: t.string,
  /** The only values there are, where they are few. */
  words: t.union([t.readonlyArray(t.string), t.null]),
  /** Those of them with which nothing changes. */
  looks: t.readonlyArray(t.string),
  /** A text of several lines, which may be read from a file. */
  multiline: t.boolean,
  summary: t.string,
});

const Command = t.strict({
  name: Word,
  summary: t.string,
  privilege: t.string,
  changes: t.boolean,
  needsConfirmation: t.boolean,
  arguments: t.readonlyArray(Argument),
});
export type DescribedCommand = t.TypeOf<typeof Command>;

/** What an instance says of itself at `/mini_buildd/api`: all the tool knows about its commands. */
export const CommandIndex = t.strict(
  { instance: t.string, authentication: t.readonlyArray(t.string), commands: t.readonlyArray(Command) },
  'CommandIndex',
);
export type CommandIndex = t.TypeOf<typeof CommandIndex>;
