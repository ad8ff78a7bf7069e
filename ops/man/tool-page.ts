import { type CommandParts, commandTable } from '../../src/app/commands/command-table.ts';
import type { Argument, CommandDescription } from '../../src/ports/api.ts';
import { newWorld } from '../../src/projections/world.ts';
import { entry, prose, quoted } from './roff.ts';

/** The rows of the command table. To describe them, nothing of what the commands work with is touched. */
const commands = (): readonly CommandDescription[] => {
  const world = newWorld();
  const parts = new Proxy({}, { get: (_, name) => (name === 'world' ? world : {}) });
  return commandTable(parts as CommandParts).commands;
};

/** `mini-buildd-tool(1)`, from the command table. */
export const toolPage = (): string =>
  [
    '.\\" Made by ops/generate-man-pages.ts from the command table.',
    '.TH MINI-BUILDD-TOOL 1 "" "mini-buildd" "User Commands"',
    '.SH NAME',
    'mini-buildd-tool \\- ask an instance of mini-buildd, or tell it what to do',
    '.SH SYNOPSIS',
    '.B mini-buildd-tool',
    '[\\fIoptions\\fR] [\\fIUSER\\fR@]\\fIHOST\\fR[:\\fIPORT\\fR] \\fICOMMAND\\fR [\\fIarguments\\fR]',
    '.SH DESCRIPTION',
    ...prose(
      'Every command of an instance can be given from anywhere. Which commands there are, the instance itself says; below are those of its own version. HOST may be the name of a dput target, with or without "mini-buildd-" before it. The port is 8066 where none is said.',
    ),
    '.SH OPTIONS',
    ...entry('\\-P, \\-\\-protocol http|https', 'How to speak; http where nothing is said.'),
    ...entry('\\-\\-json', 'Print the answer as JSON.'),
    ...entry(
      '\\-\\-wait',
      'Follow what the command began to its end, with its progress on standard error; then the exit code tells whether it ended well.',
    ),
    ...entry(
      '\\-\\-confirm COMMAND',
      'After a command that cannot be undone: its name, instead of being asked for it.',
    ),
    ...entry('\\-\\-completion bash|zsh', 'Print what the shell needs to complete words, instead of asking anybody.'),
    '.SH COMMANDS',
    ...commands().flatMap(section),
    '.SH WHO YOU ARE',
    ...prose(
      'USER@ is looked up with the password in MINI_BUILDD_PASSWORD, in the desktop keyring, or in ~/.netrc; where somebody sits at the terminal, the password is asked for. A token in MINI_BUILDD_TOKEN needs no user.',
    ),
    '.SH EXIT STATUS',
    ...entry('0', 'Done.'),
    ...entry('1', 'Refused or failed.'),
    ...entry('2', 'Wrong usage, or no connection.'),
    '.SH FILES',
    ...entry('~/.dput.cf, /etc/dput.cf', 'Hosts by the names of dput targets (x_mini_buildd_host).'),
    ...entry('~/.netrc', 'Logins and passwords by host; NETRC names another file.'),
    '.SH SEE ALSO',
    '.BR mini-buildd (1),',
    '.BR mini-buildd-dput (1),',
    '.BR mini-buildd-ssh-tool (1),',
    '.BR dput (1),',
    '.BR dput.cf (5),',
    '.BR netrc (5),',
    '.BR sources.list (5)',
    '',
  ].join('\n');

const section = (command: CommandDescription): readonly string[] => [
  `.SS "${quoted([command.name, ...command.arguments.filter(({ positional }) => positional).map(placeholder)].join(' '))}"`,
  ...prose(`${command.summary}.${conditions(command)}`),
  ...command.arguments.flatMap((argument) => entry(quoted(titleOf(argument)), about(argument))),
];

const placeholder = ({ name, fallback }: Argument): string => (fallback === undefined ? `<${name}>` : `[${name}]`);

const conditions = ({ privilege, needsEngine, needsConfirmation }: CommandDescription): string =>
  [
    privilege === 'none' ? '' : ` Needs the privilege "${privilege}".`,
    needsEngine ? ' Needs a running engine.' : '',
    needsConfirmation ? ' Wants to be confirmed.' : '',
  ].join('');

/** As the tool offers it: what is false unless said otherwise is a flag, what is true has a `--no-`. */
const titleOf = (argument: Argument): string => {
  const { name, positional, short, fallback } = argument;
  if (positional) return placeholder(argument);
  const letter = short === undefined ? '' : `-${short}, `;
  if (fallback === 'false') return `${letter}--${name}`;
  return fallback === 'true' ? `--no-${name}` : `${letter}--${name} <value>`;
};

const about = ({ summary, fallback, words, positional }: Argument): string =>
  [
    `${summary}.`,
    ...(words === undefined || positional ? [] : [`One of ${words.join(', ')}.`]),
    ...(fallback === undefined || ['', 'false', 'true'].includes(fallback) ? [] : [`Default: ${fallback}`]),
  ].join(' ');
