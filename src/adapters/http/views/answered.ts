import * as t from 'io-ts';
import type { Answer } from '../../../ports/api.ts';
import { type Html, html } from './html.ts';
import { badge, packageLink, row, table, version } from './parts.ts';

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

/** What a command answered, planned or done: as a table where it says what distributions hold, else as at a terminal. */
export const answered = ({ json, plain }: Answer): Html =>
  Steps.is(json) ? html`${holdings(json)}${effects(json)}` : html`<pre class="answer" tabindex="0">${plain}</pre>`;

const holdings = ({ steps }: Steps): Html =>
  table(
    ['Distribution', 'Source package', 'Holds', 'Then', 'Rollbacks then'],
    steps.map(({ package: source, distribution, before, after, warnings }) =>
      row(
        html`${distribution}${warnings.map((warning) => html`<p class="notice">${warning}</p>`)}`,
        packageLink(source),
        held(before.version),
        held(after.version),
        after.rollbacks.length === 0 ? '–' : after.rollbacks.map((each) => html`${version(each)} `),
      ),
    ),
  );

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
  return (
    installability.length > 0 &&
    html`<h3>What could not be installed any more</h3>${said.length === 0 ? html`<p class="quiet">Nothing.</p>` : html`<ul class="plain">${said}</ul>`}`
  );
};
