import * as t from 'io-ts';
import type { Answer } from '../../../ports/api.ts';
import { type Html, html } from './html.ts';
import { badge, clipped, packageLink, row, table, version } from './parts.ts';
import { fitting } from './room.ts';

const Holding = t.strict({ version: t.union([t.string, t.null]), rollbacks: t.readonlyArray(t.string) });

/** What commands that change repositories answer: what each distribution holds, before and after. */
const Steps = t.type({
  steps: t.readonlyArray(
    t.strict({
      package: t.string,
      what: t.string,
      distribution: t.string,
      before: Holding,
      after: Holding,
      warnings: t.readonlyArray(t.string),
    }),
  ),
  installability: t.readonlyArray(
    t.intersection([
      t.type({ distribution: t.string, architecture: t.string }),
      t.partial({
        unknown: t.string,
        broken: t.readonlyArray(t.type({ package: t.string, version: t.string, because: t.string })),
      }),
    ]),
  ),
});
type Steps = t.TypeOf<typeof Steps>;

/** Bytes of markup that there is room for on a page. */
const room = { plain: 18_000, steps: 24_000, effects: 8000 };

/**
 * What a command answered, planned or done: as a table where it says what distributions hold, else as at a terminal. Of much only the beginning;
 * `whole` is where all of it is told to whoever asks again (without `output`), where asking does nothing.
 */
export const answered = ({ json, plain }: Answer, whole: string | undefined): Html =>
  Steps.is(json) ? html`${holdings(json, whole)}${effects(json)}` : asAtTerminal(plain, whole);

const asAtTerminal = (plain: string, whole: string | undefined): Html => {
  const lines = plain.split(/(?<=\n)/);
  const shown = fitting(lines, room.plain);
  const beginning = shown.map((line) => clipped(line, room.plain / 2));
  const isWhole = shown.length === lines.length && beginning.every((line, index) => line === lines[index]);
  return html`${!isWhole && partly('lines', shown.length, lines.length, whole)}<pre class="answer" tabindex="0">${beginning}</pre>`;
};

/** How much of it this is, and where the rest is. */
const partly = (nouns: string, shown: number, all: number, whole: string | undefined): Html =>
  html`<p class="notice" role="status"><strong>The first ${shown} of ${all} ${nouns}.</strong> <span>${
    whole === undefined
      ? 'The same asked by mini-buildd-tool tells them all.'
      : html`All of them: <a href="${whole}&amp;output=plain">as text</a>, <a href="${whole}&amp;output=json">as JSON</a>`
  }</span></p>`;

const holdings = ({ steps }: Steps, whole: string | undefined): Html => {
  const rows = steps.map(({ package: source, distribution, before, after, warnings }) =>
    row(
      html`${distribution}${warnings.map((warning) => html`<p class="notice">${warning}</p>`)}`,
      packageLink(source),
      held(before.version),
      held(after.version),
      after.rollbacks.length === 0 ? '–' : after.rollbacks.map((each) => html`${version(each)} `),
    ),
  );
  const shown = fitting(rows, room.steps);
  return html`${shown.length < rows.length && partly('steps', shown.length, rows.length, whole)}${table(['Distribution', 'Source package', 'Holds', 'Then', 'Rollbacks then'], shown)}`;
};

const held = (text: string | null): Html | string => (text === null ? '–' : version(text));

/** So many packages of one architecture are named. */
const mostNamed = 20;

const effects = ({ installability }: Steps): Html | false => {
  const said = installability.flatMap(({ distribution, architecture, unknown, broken = [] }) => {
    const about = `${distribution} on ${architecture}`;
    if (unknown !== undefined) return [html`<li>${about}: cannot be told: ${unknown}</li>`];
    const named = broken.slice(0, mostNamed);
    return [
      ...named.map(
        (each) =>
          html`<li>${badge('not installable', 'bad')} ${each.package} ${version(each.version)} in ${about}: ${each.because}</li>`,
      ),
      ...(broken.length > named.length ? [html`<li>and ${broken.length - named.length} more in ${about}</li>`] : []),
    ];
  });
  const shown = fitting(said, room.effects);
  return (
    installability.length > 0 &&
    html`<h3>What could not be installed any more</h3>${said.length === 0 ? html`<p class="quiet">Nothing.</p>` : html`<ul class="plain">${shown}${said.length > shown.length && html`<li>and ${said.length - shown.length} more</li>`}</ul>`}`
  );
};
