import type { Api, Argument, CommandDescription } from '../../ports/api.ts';

/** The command table as JSON: what a client needs to offer every command with its options, without a copy of its own. */
export const commandIndex = ({ commands }: Api, instance: string) => ({
  instance,
  /** How programs say who they are: schemes of `Authorization`. */
  authentication: ['bearer', 'basic'],
  commands: commands.map(described),
});

export type CommandIndex = ReturnType<typeof commandIndex>;

const described = ({
  name,
  about,
  summary,
  privilege,
  changes,
  needsEngine,
  needsConfirmation,
  ...rest
}: CommandDescription) => ({
  name,
  about,
  summary,
  privilege,
  changes,
  needsEngine,
  needsConfirmation,
  arguments: rest.arguments.map(argument),
});

const argument = ({ name, positional, short, fallback, summary, codec, words, looks, multiline }: Argument) => ({
  name,
  positional,
  short: short ?? null,
  fallback: fallback ?? null,
  required: fallback === undefined,
  type: codec.name,
  words: words ?? null,
  /** Those of its words that change nothing. */
  looks: looks ?? [],
  multiline: multiline ?? false,
  summary,
});
