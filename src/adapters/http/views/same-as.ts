import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';

/** What a page shows, as a command says it. */
export type AskedBy = {
  readonly command: string;
  readonly given: Readonly<Record<string, string>>;
  /** Which of the arguments stand without their name on a command line. */
  readonly positional: readonly string[];
};

/** Folded away: the same as this page says, for a bookmark, a terminal and a program. `path` begins at the root. */
export const sameAs = (instance: Instance, path: string, asked: AskedBy): Html => {
  const { command, given } = asked;
  const json = `${instance.origin}/mini_buildd/api/${command}?${new URLSearchParams({ ...given, output: 'json' })}`;
  return html`<details class="same"><summary>The same elsewhere</summary>
<dl><dt>Address</dt><dd><code>${instance.origin}${path}</code></dd>
<dt>Terminal</dt><dd><code>${toolLine(instance.origin, asked)}</code></dd>
<dt>JSON</dt><dd><code><a href="${json.slice(instance.origin.length)}">${json}</a></code></dd></dl></details>`;
};

/** `mini-buildd-tool HOST:PORT COMMAND --NAME VALUE …`, as a shell reads it. */
const toolLine = (origin: string, { command, given, positional }: AskedBy): string =>
  [
    'mini-buildd-tool',
    origin.replace(/^https?:\/\//, ''),
    command,
    ...positional.map((name) => shellWord(given[name] ?? '')),
    ...Object.entries(given)
      .filter(([name]) => !positional.includes(name))
      .map(([name, value]) => (value === 'true' ? `--${name}` : `--${name}=${shellWord(value)}`)),
  ].join(' ');

const shellWord = (value: string): string =>
  /^[A-Za-z0-9.,:+~@%/_-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
