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
  html`<details class="same"><summary>The same elsewhere</summary>
<dl>${entry('Address', `${instance.origin}${path}`)}${entry('Terminal', toolLine(instance.origin, asked))}${asked.changes === true ? entry('JSON', curlLine(instance.origin, asked)) : jsonLink(instance.origin, asked)}</dl></details>`;

const entry = (name: string, text: string): Html => html`<dt>${name}</dt><dd><code data-copy>${text}</code></dd>`;

const jsonLink = (origin: string, { command, given }: AskedBy): Html => {
  const path = `/mini_buildd/api/${command}?${new URLSearchParams({ ...given, output: 'json' })}`;
  return html`<dt>JSON</dt><dd><code data-copy><a href="${path}">${origin}${path}</a></code></dd>`;
};

/** `mini-buildd-tool HOST:PORT COMMAND --NAME VALUE …`, as a shell reads it. */
export const toolLine = (origin: string, { command, given, positional, confirmed }: AskedBy): string =>
  [
    'mini-buildd-tool',
    origin.replace(/^https?:\/\//, ''),
    command,
    ...positional
      .slice(0, positional.findLastIndex((name) => given[name] !== undefined) + 1)
      .map((name) => shellWord(onOneLine(given[name] ?? '', '@FILE'))),
    ...Object.entries(given)
      .filter(([name]) => !positional.includes(name))
      .map(([name, value]) => option(name.replaceAll('_', '-'), value)),
    ...(confirmed === true ? [`--confirm=${command}`] : []),
  ].join(' ');

const option = (name: string, value: string): string =>
  value === 'true' ? `--${name}` : `--${name}=${shellWord(value)}`;

/** What a program sends; the token is its own. */
export const curlLine = (origin: string, { command, given, confirmed }: AskedBy): string => {
  const shown = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, onOneLine(value, '…')]));
  const body = JSON.stringify({ ...shown, ...(confirmed === true ? { confirm: command } : {}) });
  return `curl --oauth2-bearer "$MINI_BUILDD_TOKEN" --json ${shellWord(body)} ${origin}/mini_buildd/api/${command}`;
};

/** How what only looks is asked for by a program: by its address. */
export const sentLine = (origin: string, { command, given }: AskedBy): string =>
  `curl ${shellWord(`${origin}/mini_buildd/api/${command}?${new URLSearchParams({ ...given, output: 'json' })}`)}`;

/** Keys and configurations would fill the page. */
const onOneLine = (value: string, instead: string): string => (value.includes('\n') ? instead : value);

const shellWord = (value: string): string =>
  /^[A-Za-z0-9.,:+~@%/_-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
