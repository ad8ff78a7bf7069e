import type { Mail, Mailbox } from '../mail/mail.ts';
import type { Reader } from './events.ts';

/** How one architecture fared. `url` is where its log is read, if there is one. */
export type ArchitectureResult = {
  readonly architecture: string;
  readonly succeeded: boolean;
  /** `Build=successful`, `Build=failed: ftbfs in build`, and a word for each check. */
  readonly words: readonly string[];
  readonly url: string | undefined;
};

/** What became of a port that was asked for with an upload. `outcome` is `Requested` or `FAILED: fact`. */
export type PortResult = { readonly distribution: string; readonly outcome: string };

/** What there is to say of one event. Nothing of it was ever checked for what mail may hold. */
export type News = {
  /** `INSTALLED`, `FAILED` … */
  readonly headline: string;
  readonly distribution: string;
  readonly package: { readonly source: string; readonly version: string } | undefined;
  /** What arrived, where it could not be read of which package it is. */
  readonly file: string | undefined;
  readonly results: readonly ArchitectureResult[];
  readonly ports: readonly PortResult[];
  /** Why it came so, and what to do about it. */
  readonly because: readonly string[];
  /** The changelog entry, or nothing. */
  readonly changes: string;
};

/** Who writes. */
export type Sender = {
  readonly instance: string;
  readonly hostname: string;
  /** `http://buildd.example.org:8066` */
  readonly url: string;
  readonly address: string;
};

/** What names a letter, and the letters it belongs with; `list` is what all letters of one repository share. */
export type LetterIds = { readonly id: string; readonly thread: string | undefined; readonly list: string };

/** Characters of a mail that a changelog entry may fill. */
const longestChanges = 50_000;

/** The mail that tells one person. */
export const letter = (
  news: News,
  to: Reader,
  mailbox: Mailbox,
  { instance, hostname, url, address }: Sender,
  ids: LetterIds,
): Mail => {
  const line = headline(news);
  const thread = ids.thread && `<${ids.thread}@${hostname}>`;
  return {
    from: { name: `mini-buildd ${instance}`, address },
    to: { name: oneLine(mailbox.name, 100), address: mailbox.address },
    subject: `[mini-buildd-${instance}] ${line}`,
    text: [
      underlined(line, '='),
      ...(news.because.length === 0 ? [] : [news.because.map((each) => `${oneLine(each, 2000)}\n`).join('')]),
      ...section('Failed builds', news.results.filter(({ succeeded }) => !succeeded).map(resultLine)),
      ...section('Successful builds', news.results.filter(({ succeeded }) => succeeded).map(resultLine)),
      ...section('Changes', news.changes === '' ? [] : [news.changes.slice(0, longestChanges)]),
      ...section('Port Report', portLines(news.ports)),
      signature(to, { instance, hostname, url, address }),
    ].join('\n'),
    messageId: `${ids.id}@${hostname}`,
    headers: {
      'List-Id': `<${ids.list}.${instance}.mini-buildd.${hostname}>`,
      ...(thread === undefined ? {} : { 'In-Reply-To': thread, References: thread }),
      'Auto-Submitted': 'auto-generated',
      Precedence: 'bulk',
      'X-Mini-Buildd-Reason': to.reason,
      ...(news.package === undefined ? {} : { 'X-Debian-Package': news.package.source }),
    },
  };
};

/** `INSTALLED (trixie-acme-unstable): hello 2.10-3 [+amd64 -arm64]` */
export const headline = ({ headline: word, distribution, package: about, file, results }: News): string => {
  const marks = results.map(({ architecture, succeeded }) => `${succeeded ? '+' : '-'}${architecture}`);
  const what = about === undefined ? (file ?? '') : `${about.source} ${about.version}`;
  const where = distribution === '' ? '' : ` (${distribution})`;
  return oneLine([`${word}${where}:`, what, ...(marks.length > 0 ? [`[${marks.join(' ')}]`] : [])].join(' '), 500);
};

const underlined = (line: string, by: string): string => `${line}\n${by.repeat(line.length)}\n`;

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`${underlined(title, '-')}${lines.join('\n')}\n`];

const resultLine = ({ architecture, words, url }: ArchitectureResult): string =>
  oneLine(`${architecture} (${words.join(', ')})${url === undefined ? '' : `: ${url}`}`, 2000);

const portLines = (ports: readonly PortResult[]): readonly string[] => {
  const width = Math.max(...ports.map(({ distribution }) => distribution.length));
  return ports.map(({ distribution, outcome }) => oneLine(`${distribution.padEnd(width)}: ${outcome}`, 2000));
};

const reasons: Readonly<Record<Reader['reason'], string>> = {
  instance: 'You are told of everything that happens on this instance.',
  repository: 'You are told of everything that happens in this repository.',
  uploader: 'You signed this upload.',
  'changed-by': 'You made this upload (Changed-By).',
  maintainer: 'You maintain this package (Maintainer).',
  subscription: 'You subscribed to this package or distribution.',
  administrator: 'You look after this instance.',
  'key-owner': 'It is your key.',
  asker: 'You asked for it.',
};

const signature = ({ reason }: Reader, { instance, hostname, url, address }: Sender): string =>
  [
    '-- ',
    `mini-buildd instance '${instance}' at ${hostname} <${address}>`,
    `Reason for this mail: ${reasons[reason]}`,
    `Visit mini-buildd   : ${url}/mini_buildd/`,
    `Manage your account : ${url}/mini_buildd/account`,
    '',
  ].join('\n');

/** What begins no other line, with an end. */
const oneLine = (text: string, most: number): string =>
  text
    .replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ')
    .trim()
    .slice(0, most);
