import type { Answer, CommandDescription } from '../../../ports/api.ts';
import type { CommandIndex } from '../command-index.ts';
import { formTokenField } from '../form-token.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';

/** Every command with a form to run it; `session` is that of the browser. */
export const commandsPage = ({ commands }: CommandIndex, instance: Instance, session: string | undefined): string =>
  page({
    title: `Commands of ${instance.name}`,
    instance,
    body: html`<h1>Commands</h1>
<p class="quiet">The same over HTTP at <code>/mini_buildd/api/COMMAND</code> (JSON: <a href="/mini_buildd/api?output=json">index</a>, <a href="/mini_buildd/api/openapi.json">OpenAPI</a>), and as <code>mini-buildd-tool HOST COMMAND</code>.</p>
${commands.map((command) => commandForm(command, session))}`,
  });

/** What a command answered, as a person reads it. */
export const answerPage = ({ name, summary }: CommandDescription, instance: Instance, { plain }: Answer): string =>
  page({
    title: `${name} – ${instance.name}`,
    instance,
    body: html`<h1>${name}</h1><p class="quiet">${summary}</p><pre class="answer" tabindex="0">${plain}</pre>`,
  });

export const confirmationPage = (
  { name, summary, changes }: CommandDescription,
  instance: Instance,
  given: Readonly<Record<string, string>>,
  session: string | undefined,
): string =>
  page({
    title: `Run ${name}? – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Run ${name}?</h1><p>${summary}</p>
<dl>${Object.entries(given).map(([argument, value]) => html`<dt>${argument}</dt><dd>${value}</dd>`)}</dl>
<form method="${changes ? 'post' : 'get'}" action="/mini_buildd/api/${name}?output=html">
<input type="hidden" name="output" value="html"><input type="hidden" name="confirm" value="${name}">${changes && formTokenField(session)}
${Object.entries(given).map(([argument, value]) => html`<input type="hidden" name="${argument}" value="${value}">`)}
<button>Yes, run ${name}</button> <a href="/mini_buildd/">No</a></form></section>`,
  });

type Described = CommandIndex['commands'][number];

/** A form by GET loses the query of its action, so the output travels as a field as well. */
const commandForm = (
  command: Described,
  session: string | undefined,
): Html => html`<section class="card command" id="${command.name}">
<h2>${command.name}</h2>
<p>${command.summary}${command.privilege !== 'none' && html` <span class="quiet">(needs privilege ${command.privilege})</span>`}</p>
<form method="${command.changes ? 'post' : 'get'}" action="/mini_buildd/api/${command.name}?output=html" autocomplete="off">
${command.changes ? formTokenField(session) : html`<input type="hidden" name="output" value="html">`}
${command.arguments.map((argument) => field(command.name, argument))}
<button>${command.name}</button>
</form></section>
`;

const field = (command: string, argument: Described['arguments'][number]): Html => {
  const id = `${command}-${argument.name}`;
  return html`<p class="field"><label for="${id}">${argument.name}</label>${input(id, argument)}<span id="${id}-about">${argument.summary}</span></p>
`;
};

/** What is false unless said otherwise is a box to tick; what is left empty is not given. */
const input = (id: string, { name, fallback, required, multiline }: Described['arguments'][number]): Html => {
  if (fallback === 'false') {
    return html`<input type="checkbox" id="${id}" name="${name}" value="true" aria-describedby="${id}-about">`;
  }
  return multiline
    ? html`<textarea id="${id}" name="${name}" rows="6" cols="70"${required && html` required`} aria-describedby="${id}-about" spellcheck="false"></textarea>`
    : html`<input id="${id}" name="${name}" placeholder="${fallback ?? ''}"${required && html` required`} aria-describedby="${id}-about">`;
};
