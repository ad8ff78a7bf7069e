import type { Argument, Command, Option } from 'commander';
import { type HostVerbs, hostProgram } from '../../src/cli/host-program.ts';
import { entry, prose, quoted } from './roff.ts';

/** `mini-buildd(1)`, from the verbs of its program. */
export const daemonPage = (): string => {
  const program = hostProgram(new Proxy({}, { get: () => () => undefined }) as HostVerbs);
  return [
    '.\\" Made by ops/generate-man-pages.ts from the verbs of the program.',
    '.TH MINI-BUILDD 1 "" "mini-buildd" "User Commands"',
    '.SH NAME',
    'mini-buildd \\- build daemon for distributions based on Debian, and what is done on its host',
    '.SH SYNOPSIS',
    '.B mini-buildd',
    '\\fIVERB\\fR [\\fIarguments\\fR]',
    '.SH DESCRIPTION',
    ...prose(
      'Takes uploads of source packages, builds them in throw-away chroots and publishes repositories for apt. What is done beside the running daemon is done with mini-buildd-tool; below is what its administrator does on the host, as the user of the daemon.',
    ),
    '.SH VERBS',
    ...leaves(program).flatMap(section),
    '.SH ENVIRONMENT',
    ...variables.flatMap(([name, text]) => entry(name, text)),
    '.SH EXIT STATUS',
    ...entry('0', 'Done.'),
    ...entry('1', 'Refused or failed.'),
    ...entry('2', 'Wrong usage.'),
    '.SH FILES',
    ...prose('Below MINI_BUILDD_HOME:'),
    ...entry(
      'log/, files/, keys/, people/',
      'What a backup takes: events, files by their SHA-256, the archive key, persons.',
    ),
    ...entry('repositories/, cache/', 'What comes back by itself.'),
    '.SH SEE ALSO',
    '.BR mini-buildd-tool (1),',
    '.BR mini-buildd-dput (1),',
    '.BR sbuild (1),',
    '.BR reprepro (1)',
    '',
  ].join('\n');
};

/** What is read of the environment (src/settings.ts), and what holds where it says nothing. */
export const variables: readonly (readonly [name: string, text: string])[] = [
  ['MINI_BUILDD_HOME', 'Where the instance lives. Default: /var/lib/mini-buildd'],
  ['MINI_BUILDD_INSTANCE', 'What its chroots and build folders are called on this machine. Default: made of its home'],
  [
    'MINI_BUILDD_HTTP',
    '[HOST:]PORT of HTTP, or several with commas between them, some as https://[HOST]:PORT. Default: 8066 on all interfaces',
  ],
  [
    'MINI_BUILDD_TLS_CERTIFICATE',
    'PEM file with the certificate of HTTPS and FTP, and those that lead to its authority',
  ],
  ['MINI_BUILDD_TLS_KEY', 'PEM file with its key'],
  [
    'MINI_BUILDD_TLS_CLIENT_CA',
    'PEM file with the authorities whose certificates uploads by HTTPS may show. Default: none',
  ],
  [
    'MINI_BUILDD_HTTP_UPLOADS',
    'Whose uploads by HTTP are taken: anybody, or known (who shows a token, a password or a certificate). Default: anybody',
  ],
  [
    'MINI_BUILDD_URL',
    'Where others reach pages and repositories. Default: made of the first endpoint and the hostname',
  ],
  ['MINI_BUILDD_PROXIES', 'Addresses and networks of proxies that say for whom they ask. Default: none'],
  ['MINI_BUILDD_FTP', '[HOST:]PORT of FTP. Default: 8067 on all interfaces'],
  [
    'MINI_BUILDD_FTP_TLS',
    'offered, or required of everybody but this machine. Default: offered, where there is a certificate',
  ],
  ['MINI_BUILDD_FTP_PASSIVE', 'FIRST-LAST port of passive transfers. Default: 32768-33023'],
  ['MINI_BUILDD_HOSTNAME', 'By which name others reach the instance. Default: the name of the machine'],
  [
    'MINI_BUILDD_LOG',
    'embedded: or the address of an event store: esdb://HOST[:PORT], esdb://HOST,HOST,HOST or esdb+discover://NAME, with ?tls=false, tlsCAFile=, userCertFile= and userKeyFile= where they are needed. Default: embedded:',
  ],
  [
    'MINI_BUILDD_LOG_LOGIN',
    'A file that holds USER:PASSWORD for the event store, not open to everybody. Default: none',
  ],
  [
    'MINI_BUILDD_NODE',
    'HOST:PORT under which another daemon on the same event store asks whether this one lives, or reads logs of its builds. Default: the name of the machine and the port of HTTP',
  ],
  [
    'MINI_BUILDD_TAKE_OVER_AFTER',
    'Seconds of silence after which the archive of another daemon on the same event store is taken over. Default: 30',
  ],
  [
    'MINI_BUILDD_STANDBY',
    'Whether the archive has a standby with a disk of its own, which copies it: required (nothing is taken without it) or preferred (the archive goes on alone). Needs MINI_BUILDD_NODE_LOGIN of a node that was added with --standby. Default: none; both see one folder',
  ],
  [
    'MINI_BUILDD_ROLES',
    'What this daemon does for its instance: archive, builder, web; builder alone is a node on the log of one, web alone a replica. Default: all',
  ],
  [
    'MINI_BUILDD_NODE_LOGIN',
    'A file that holds NAME:SECRET of a node or a web replica, not open to everybody. Default: none',
  ],
  [
    'MINI_BUILDD_ARCHIVE',
    'Where a node or a web replica reaches the archive: https://HOST or http://HOST:PORT. Default: whoever holds it, without TLS',
  ],
  ['MINI_BUILDD_CACHE', 'How many GiB of what it fetched a web replica keeps. Default: 10'],
  ['MINI_BUILDD_NODE_LEASE', 'After how many seconds of silence a node loses its builds. Default: 60'],
  [
    'MINI_BUILDD_ARCHITECTURES',
    'For which architectures chroots are made here. Default: all that are configured; on a node that of its machine',
  ],
  ['MINI_BUILDD_LOG_LEVEL', 'What the journal holds: debug, info, warn, error. Default: info'],
  ['MINI_BUILDD_HELPER', 'Socket of the root helper. Default: run/root-helper.sock in its home'],
  ['MINI_BUILDD_BUILDS', 'How many builds at once. Default: as many as there are processors'],
  [
    'MINI_BUILDD_TAGS',
    'What this builder is good for, with commas between, as `builders` of a repository may ask for. Default: nothing',
  ],
  ['MINI_BUILDD_WAKE', 'Whole path of a program that wakes a remote; it is given `HOST:PORT` of it. Default: none'],
  ['MINI_BUILDD_REMOTE_LEASE', 'After how many seconds without word a remote loses a build. Default: 600'],
  [
    'MINI_BUILDD_SMTP',
    'Who takes mail: smtp://[USER:PASSWORD@]HOST[:PORT], smtps://... or none. Default: port 25 of this machine',
  ],
  ['MINI_BUILDD_OIDC', 'File that names an identity provider for sign-on by OpenID Connect. Default: none'],
  ['MINI_BUILDD_WEBHOOK_HOSTS', 'HOST:PORT,HOST:PORT... of webhooks that may be at private addresses. Default: none'],
];

/** The verbs that do something, those of a group under it. */
const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

const section = (command: Command): readonly string[] => [
  `.SS "${quoted([...path(command), ...command.registeredArguments.map(placeholder)].join(' '))}"`,
  ...prose(`${command.description()}.`),
  ...command.registeredArguments.flatMap((argument) =>
    entry(quoted(placeholder(argument)), `${argument.description}.`),
  ),
  ...command.options.flatMap((option) => entry(quoted(option.flags), about(option))),
];

/** Its name after those of its groups; the program itself is not named again. */
const path = (command: Command): readonly string[] =>
  command.parent === null ? [] : [...path(command.parent), command.name()];

const placeholder = (argument: Argument): string => `<${argument.name()}>`;

const about = ({ description, defaultValue }: Option): string =>
  (typeof defaultValue === 'string' && defaultValue !== '') || typeof defaultValue === 'number'
    ? `${description}. Default: ${defaultValue}`
    : `${description}.`;
