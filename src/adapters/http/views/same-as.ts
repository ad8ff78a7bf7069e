import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { urlWith } from './listing.ts';

/** What a page shows or does, as a command says it. */
export type AskedBy = {
  readonly command: string;
  readonly given: Readonly<Record<string, string>>;
  /** Which of the arguments stand without their name on a command line. */
  readonly positional: readonly string[];
  /** Whether it is sent by POST. */
  readonly changes?: boolean;
  /** Whether it is asked to be confirmed. */
  readonly confirmed?: boolean;
};

/** What a page looks at. What narrows it stands in its address, and for the command, under the same names: so they cannot differ. */
export type View = {
  readonly path: string;
  /** The arguments that the address holds; those that say nothing are left out. */
  readonly query: Readonly<Record<string, string | number | undefined>>;
  readonly command: string;
  /** Those that the path itself says, and those that stand for what the page always is. */
  readonly said?: Readonly<Record<string, string>>;
  readonly positional?: readonly string[];
};

/** Folded away: the same view for a bookmark, a terminal and a program. */
export const sameView = (instance: Instance, { path, query, command, said = {}, positional = [] }: View): Html => {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)] as const],
  );
  return sameAs(instance, urlWith(path, query), {
    command,
    given: { ...said, ...Object.fromEntries(given) },
    positional,
  });
};

/** Folded away: the same as this page says, for a bookmark, a terminal and a program. `path` begins at the root. */
export const sameAs = (instance: Instance, path: string, asked: AskedBy): Html =>
  elsewhere(html`${entry('Address', `${instance.origin}${path}`)}${asCommand(instance.origin, asked)}`);

/** Folded away: what a page would do when it is agreed to, as a command does it. */
export const sameDeed = ({ origin }: Instance, asked: AskedBy): Html => elsewhere(asCommand(origin, asked));

/** Folded away: what commands there are, or how one of them is asked, where not enough is said to ask it. */
export const sameHelp = ({ origin }: Instance, path: string, command?: string): Html =>
  elsewhere(
    html`${entry('Address', `${origin}${path}`)}${entry('Terminal', ['mini-buildd-tool', hostOf(origin), ...(command === undefined ? [] : [command]), '--help'].join(' '))}${link(origin, command === undefined ? '/mini_buildd/api?output=json' : '/mini_buildd/api/openapi.json')}`,
  );

/** Folded away: the form for uploads, as a shell does the same. */
export const sameUpload = (instance: Instance, path: string): Html => {
  const { origin, name } = instance;
  const asked = { command: 'uploads', given: {}, positional: [] };
  return elsewhere(
    html`${entry('Address', `${origin}${path}`)}${entry('dput, told of this instance', `${toolLine(origin, { ...asked, command: 'getdputconf' })} >> ~/.dput.cf`)}${entry('dput', `dput mini-buildd-${name} hello_2.10-3_source.changes`)}${entry('curl', `curl -T '{hello_2.10-3.dsc,hello_2.10-3_source.changes}' ${origin}/mini_buildd/upload/`)}${asCommand(origin, asked)}`,
  );
};

/** Folded away: who one is, for a terminal and a program. Both ask for the password, which belongs into no line. */
export const sameLogin = ({ origin }: Instance, path: string): Html =>
  elsewhere(
    html`${entry('Address', `${origin}${path}`)}${entry('Terminal', `mini-buildd-tool LOGIN@${hostOf(origin)} whoami`)}${entry('curl', `curl --user LOGIN ${origin}/mini_buildd/api/whoami`)}${jsonLink(origin, { command: 'whoami', given: {}, positional: [] })}`,
  );

/** Folded away: a form for who has not logged in, as a program sends it. */
export const sameForm = ({ origin }: Instance, path: string, fields: Readonly<Record<string, string>>): Html =>
  elsewhere(
    html`${entry('Address', `${origin}${path}`)}${entry('curl', `curl --json ${shellWord(JSON.stringify(fields))} ${origin}${path}`)}`,
  );

/** The same of a form with secrets: they stand in a file, not on a command line that others on the machine can read. */
export const sameSecrets = ({ origin }: Instance, path: string, fields: Readonly<Record<string, string>>): Html =>
  elsewhere(
    html`${entry('FILE, which only you can read', JSON.stringify(fields))}${entry('curl', `curl --json @FILE ${origin}${path}`)}`,
  );

const elsewhere = (entries: Html): Html =>
  html`<details class="same"><summary>The same elsewhere</summary>
<dl>${entries}</dl></details>`;

const asCommand = (origin: string, asked: AskedBy): Html =>
  html`${entry('Terminal', toolLine(origin, asked))}${asked.changes === true ? entry('JSON', curlLine(origin, asked)) : jsonLink(origin, asked)}`;

const entry = (name: string, text: string): Html => html`<dt>${name}</dt><dd><code data-copy>${text}</code></dd>`;

const jsonLink = (origin: string, { command, given }: AskedBy): Html =>
  link(origin, `/mini_buildd/api/${command}?${new URLSearchParams({ ...given, output: 'json' })}`);

const link = (origin: string, path: string): Html =>
  html`<dt>JSON</dt><dd><code data-copy><a href="${path}">${origin}${path}</a></code></dd>`;

const hostOf = (origin: string): string => origin.replace(/^https?:\/\//, '');

/** `mini-buildd-tool HOST:PORT COMMAND --NAME VALUE …`, as a shell reads it. */
export const toolLine = (origin: string, { command, given, positional, confirmed }: AskedBy): string =>
  [
    'mini-buildd-tool',
    hostOf(origin),
    command,
    ...positional
      .slice(0, positional.findLastIndex((name) => given[name] !== undefined) + 1)
      .map((name) => shellWord(asWritten(given[name] ?? ''))),
    ...Object.entries(given)
      .filter(([name]) => !positional.includes(name))
      .map(([name, value]) => option(name.replaceAll('_', '-'), value)),
    ...(confirmed === true ? [`--confirm=${command}`] : []),
  ].join(' ');

const option = (name: string, value: string): string =>
  value === 'true' ? `--${name}` : `--${name}=${shellWord(value)}`;

/** What a program sends; the token is its own. What is too long for a line comes from a file, as fields of a form. */
export const curlLine = (origin: string, { command, given, confirmed }: AskedBy): string => {
  const all = { ...given, ...(confirmed === true ? { confirm: command } : {}) };
  const isLong = Object.values(given).some((value) => asWritten(value) !== value);
  const fields = Object.entries({ ...all, output: 'json' }).map(([name, value]) =>
    asWritten(value) === value ? `--data-urlencode ${shellWord(`${name}=${value}`)}` : `--data-urlencode ${name}@FILE`,
  );
  const body = isLong ? fields.join(' ') : `--json ${shellWord(JSON.stringify(all))}`;
  return `curl --oauth2-bearer "$MINI_BUILDD_TOKEN" ${body} ${origin}/mini_buildd/api/${command}`;
};

/** How what only looks is asked for by a program: by its address. */
export const sentLine = (origin: string, { command, given }: AskedBy): string =>
  `curl ${shellWord(`${origin}/mini_buildd/api/${command}?${new URLSearchParams({ ...given, output: 'json' })}`)}`;

/** Long keys and whole configurations would fill the page: they stand in a file. */
const asWritten = (value: string): string => (value.length > mostWritten ? '@FILE' : value);
const mostWritten = 4000;

const shellWord = (value: string): string =>
  /^[A-Za-z0-9.,:+~@%/_-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
