import { type CommandDescription, topics } from '../../../ports/api.ts';
import type { commandPath, openApi } from '../open-api.ts';
import { besideCommands } from '../open-api-routes.ts';
import { commandUrl } from './command-index-page.ts';
import { manualLink } from './deed-pages.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import { badge, row, table } from './parts.ts';
import { curlLine, sameHelp, sentLine, toolLine } from './same-as.ts';

type Document = ReturnType<typeof openApi>;
type Described = ReturnType<typeof commandPath>;

/** The OpenAPI document, command by command. */
export const referencePage = (
  instance: Instance,
  { info, paths }: Document,
  commands: readonly CommandDescription[],
): string =>
  page({
    title: `Reference – ${instance.name}`,
    instance,
    body: html`<h1>Reference for programs</h1>
<p>${info.description} Refusals are <code>application/problem+json</code> (RFC 9457). A token (<code>Authorization: Bearer …</code>) or a password (Basic) says who asks. <a href="/mini_buildd/doc/api">More in the manual</a>; <a href="/mini_buildd/api/openapi.json">the same as OpenAPI 3.1</a>.</p>
${topics.map((topic) => {
  const about = commands.filter((command) => command.about === topic);
  return (
    about.length > 0 &&
    html`<section class="card"><h2>${topic}</h2>${table(
      ['Command', 'Asked by', 'For', 'Does'],
      about.map(({ name, summary, changes, privilege }) =>
        row(
          html`<a href="${referenceUrl(name)}"><code>${name}</code></a>`,
          changes ? 'POST' : 'GET, POST',
          privilege === 'none' ? 'everybody' : privilege,
          summary,
        ),
      ),
    )}</section>`
  );
})}
<section class="card"><h2>Beside commands</h2>${table(
      ['Address', 'Asked by', 'Is'],
      Object.entries(paths).flatMap(([path, item]) =>
        Object.entries(item).flatMap(([method, { summary, tags }]) =>
          tags.includes(besideCommands) ? [row(html`<code>${path}</code>`, method.toUpperCase(), summary)] : [],
        ),
      ),
    )}</section>
${sameHelp(instance, '/mini_buildd/reference')}`,
  });

const referenceUrl = (name: string): string => `/mini_buildd/reference/${name}`;

/** One command as the document describes it: arguments, answers, refusals, and how it is asked. */
export const commandReferencePage = (
  instance: Instance,
  { post: operation }: Described,
  command: CommandDescription,
): string => {
  const { name, changes, needsConfirmation } = command;
  const path = `/mini_buildd/api/${name}`;
  const given = example(command);
  const positional = command.arguments.filter((each) => each.positional).map((each) => each.name);
  const asked = { command: name, given, positional, changes, confirmed: needsConfirmation };
  return page({
    title: `${name} – reference – ${instance.name}`,
    instance,
    body: html`<nav class="quiet small" aria-label="Where this is"><a href="/mini_buildd/reference">Reference</a> › ${command.about}</nav>
<h1><code>${changes ? 'POST' : 'GET, POST'} ${path}</code></h1>
<p>${command.summary}. ${operation.description}</p>
<p><a href="${commandUrl(name)}">Try it</a>${manualLink(name)}</p>
<section class="card"><h2>Arguments</h2>${argumentTable(operation)}</section>
<section class="card"><h2>Answers</h2>${answerTable(operation)}</section>
<section class="card"><h2>Asked by</h2><dl>
<dt>curl</dt><dd><code data-copy>${changes ? curlLine(instance.origin, asked) : sentLine(instance.origin, asked)}</code></dd>
<dt>Terminal</dt><dd><code data-copy>${toolLine(instance.origin, asked)}</code></dd></dl></section>
${sameHelp(instance, referenceUrl(name), name)}`,
  });
};

type Operation = Described['post'];

const argumentTable = (operation: Operation): Html => {
  const schema = operation.requestBody?.content['application/json'].schema;
  const all = Object.entries(schema?.properties ?? {});
  const required: readonly string[] = schema?.required ?? [];
  return all.length === 0
    ? html`<p class="quiet">It takes none.</p>`
    : table(
        ['Argument', 'Is', 'Without it', 'Means'],
        all.map(([name, { type, enum: words, default: fallback, description }]) =>
          row(
            html`<code>${name}</code> ${required.includes(name) && badge('needed', 'warn')}`,
            words === undefined ? type : html`${type}: ${words.join(', ')}`,
            fallback === undefined ? undefined : html`<code>${String(fallback)}</code>`,
            description,
          ),
        ),
      );
};

const answerTable = (operation: Operation): Html => {
  const answers: readonly [string, object][] = Object.entries(operation.responses ?? {});
  return table(
    ['Code', 'Means', 'In form of'],
    answers.flatMap(([code, answer]) =>
      'description' in answer && 'content' in answer
        ? [row(code, String(answer.description), Object.keys(answer.content as object).join(', '))]
        : [],
    ),
  );
};

/** What is needed, with a word for what a person would put there. */
const example = ({ arguments: known }: CommandDescription): Readonly<Record<string, string>> =>
  Object.fromEntries(
    known
      .filter(({ fallback }) => fallback === undefined)
      .map(({ name, words }) => [name, words?.[0] ?? name.toUpperCase()]),
  );
