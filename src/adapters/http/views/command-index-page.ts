import { type CommandDescription, topics } from '../../../ports/api.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import { badge } from './parts.ts';
import { sameHelp } from './same-as.ts';

/** Every command, by what it is about; each leads to its form. */
export const commandIndexPage = (commands: readonly CommandDescription[], instance: Instance): string =>
  page({
    title: `Commands of ${instance.name}`,
    instance,
    body: html`<h1>Commands</h1>
<p class="quiet">The same as <code>mini-buildd-tool HOST COMMAND</code>, and over HTTP at <code>/mini_buildd/api/COMMAND</code> (<a href="/mini_buildd/reference">reference</a>, <a href="/mini_buildd/api?output=json">index</a>, <a href="/mini_buildd/api/openapi.json">OpenAPI</a>).</p>
<div class="shelves">${topics.map((topic) => {
      const about = commands.filter((command) => command.about === topic);
      return about.length > 0 && group(topic, about);
    })}</div>
${sameHelp(instance, '/mini_buildd/commands')}`,
  });

const group = (
  topic: string,
  commands: readonly CommandDescription[],
): Html => html`<section class="card"><h2>${topic}</h2>
<dl class="commands">${commands.map(entry)}</dl></section>
`;

const entry = ({ name, summary, privilege, changes }: CommandDescription): Html =>
  html`<dt><a href="${commandUrl(name)}"><code>${name}</code></a> ${changes && badge('changes', 'warn')} ${privilege !== 'none' && html`<span class="quiet small">${privilege}</span>`}</dt><dd>${summary}</dd>
`;

/** Where a command's form is; `given` fills it in. */
export const commandUrl = (name: string, given: Readonly<Record<string, string>> = {}): string => {
  const query = new URLSearchParams(given).toString();
  return `/mini_buildd/commands/${name}${query === '' ? '' : `?${query}`}`;
};
