import { Argument, Command, Option } from 'commander';
import type { CommandIndex, DescribedCommand } from './command-index.ts';

/** One command as the person at the terminal wants it. */
export type Call = {
  readonly command: DescribedCommand;
  readonly given: Readonly<Record<string, string>>;
  readonly confirm: string | undefined;
  readonly json: boolean;
  readonly wait: boolean;
};

/** Reads `COMMAND …` by the instance's own table. Throws commander's error for `--help` and for what is written wrongly. */
export const callOf = (
  { instance, commands }: CommandIndex,
  words: readonly string[],
  voice: (program: Command) => Command,
): Call => {
  const calls: Call[] = [];
  const program = voice(new Command('mini-buildd-tool HOST'))
    .description(`Commands of ${instance}`)
    .addHelpText('after', '\nExit codes: 0 done, 1 refused or failed, 2 usage or connection.');
  for (const command of commands) {
    program.addCommand(voice(subcommand(command, (said) => calls.push({ command, ...said }))));
  }
  program.parse(words, { from: 'user' });
  const [call] = calls;
  return call ?? program.help({ error: true });
};

const subcommand = (described: DescribedCommand, called: (said: Omit<Call, 'command'>) => void): Command => {
  const command = new Command(described.name).summary(described.summary).description(description(described));
  for (const argument of described.arguments) {
    if (argument.positional) command.addArgument(positionalOf(argument));
    else command.addOption(optionOf(argument));
  }
  command.option('--json', 'print the answer as JSON', false);
  command.option('--wait', 'follow what the command began to its end', false);
  if (described.needsConfirmation) {
    command.option('--confirm <command>', 'the name of the command: go on without asking');
  }
  return command.action(() =>
    called({
      given: given(command, described),
      confirm: command.getOptionValue('confirm'),
      json: command.getOptionValue('json') === true,
      wait: command.getOptionValue('wait') === true,
    }),
  );
};

const given = (command: Command, { arguments: known }: DescribedCommand): Call['given'] => {
  const positional = known.filter((argument) => argument.positional).map(({ name }) => name);
  const said = known.map(({ name }) => {
    const place = positional.indexOf(name);
    return { name, text: place === -1 ? saidOf(command, name) : command.args[place] };
  });
  return Object.fromEntries(said.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text]])));
};

/** What was said; what was left out is the instance's to fill in. */
const saidOf = (command: Command, name: string): string | undefined => {
  const option = command.options.find(({ long }) => long === longOf(name) || long === `--no-${longOf(name).slice(2)}`);
  const said = option !== undefined && command.getOptionValueSource(option.attributeName()) === 'cli';
  return said ? String(command.getOptionValue(option.attributeName())) : undefined;
};

type DescribedArgument = DescribedCommand['arguments'][number];

const description = ({ summary, privilege }: DescribedCommand): string =>
  privilege === 'none' ? summary : `${summary} (needs the privilege "${privilege}")`;

const positionalOf = ({ name, fallback, summary, multiline }: DescribedArgument): Argument =>
  new Argument(
    fallback === null ? `<${name}>` : `[${name}]`,
    `${about(summary, fallback)}${multiline ? ' (or @FILE, @- for standard input)' : ''}`,
  );

export const longOf = (name: string): string => `--${name.replaceAll('_', '-')}`;

/** What is false unless said otherwise is a flag; what is true has a `--no-`. Neither takes a value. */
const optionOf = ({ name, short, fallback, summary }: DescribedArgument): Option => {
  const letter = short === null ? '' : `-${short}, `;
  if (fallback === 'false') return new Option(`${letter}${longOf(name)}`, summary);
  if (fallback === 'true') return new Option(`--no-${longOf(name).slice(2)}`, `not: ${summary}`);
  return new Option(`${letter}${longOf(name)} <value>`, about(summary, fallback)).makeOptionMandatory(
    fallback === null,
  );
};

const about = (summary: string, fallback: string | null): string =>
  fallback === null || fallback === '' ? summary : `${summary} (default: ${fallback})`;
