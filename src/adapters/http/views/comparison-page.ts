import { deedOf, type Reader, sharedForm, whyNoButtons } from './deed-button.ts';
import type { ComparisonModel, Kind } from './distribution-model.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { narrowing, pager, urlWith } from './listing.ts';
import { page } from './page.ts';
import {
  badge,
  distributionUrl,
  empty,
  type Look,
  packageLink,
  row,
  table,
  time,
  version,
  versionUrl,
} from './parts.ts';
import { sameView, type View } from './same-as.ts';

/** What differs between two distributions, or between two times of one. */
export const comparisonPage = (instance: Instance, model: ComparisonModel, reader: Reader): string => {
  const { repository, one, other, counts, same, name, migration } = model;
  const { name: _, ...kept } = queryOf(model);
  return page({
    title: `${nameOf(one)} and ${nameOf(other)} – ${instance.name}`,
    instance,
    body: html`<h1>${side(repository, one)} <span class="quiet">and</span> ${side(repository, other)}</h1>
${form(model)}
<section class="card" id="packages"><h2>Differences</h2>
${narrowing(pathOf(model), { name }, kept)}
<nav class="pages" aria-label="Kinds of difference">${choice(model, undefined, `all ${counts.differs + counts.packages + counts['only-one'] + counts['only-other']}`)} ${choice(model, 'differs', `${counts.differs} in another version`)} ${choice(model, 'packages', `${counts.packages} with other packages`)} ${choice(model, 'only-one', `${counts['only-one']} only in the first`)} ${choice(model, 'only-other', `${counts['only-other']} only in the second`)} <span class="quiet">${same} are the same in both</span></nav>
${
  model.items.length === 0
    ? empty('None.')
    : table(
        ['Source package', 'How', 'First', 'Second', ...(offers(model, reader) ? ['Migration'] : [])],
        model.items.map((each) =>
          row(
            packageLink(each.source),
            badge(said[each.kind], looks[each.kind]),
            cell(repository, each.source, each.one, each.newer === 'one', each.oneOn),
            cell(repository, each.source, each.other, each.newer === 'other', each.otherOn),
            ...(offers(model, reader) ? [deed(model, each, reader)] : []),
          ),
        ),
      )
}
${migration !== undefined && html`${sharedForm(reader, shared, { distribution: migration.from })}${whyNoButtons(reader, { migrate: 'migrate' }, urlOf(model, {}))}`}
${pager(model, (page) => urlOf(model, { page }))}
${sameView(instance, viewOf(model))}</section>`,
  });
};

const said: Readonly<Record<Kind, string>> = {
  differs: 'other version',
  packages: 'other packages',
  'only-one': 'only in the first',
  'only-other': 'only in the second',
};

const looks: Readonly<Record<Kind, Look>> = {
  differs: 'busy',
  packages: 'idle',
  'only-one': 'warn',
  'only-other': 'good',
};

type Side = ComparisonModel['one'];
type Row = ComparisonModel['items'][number];

const nameOf = ({ distribution, time: at }: Side): string =>
  at === undefined ? distribution : `${distribution} at ${at}`;

const side = (repository: string, { distribution, time: written, at }: Side): Html =>
  html`<a href="${urlWith(distributionUrl(repository, distribution), { at: written })}">${distribution}</a>${at !== undefined && html` <span class="quiet small">as of ${time(at)}</span>`}`;

const cell = (
  repository: string,
  source: string,
  text: string | undefined,
  isNewer: boolean,
  on: readonly string[] | undefined,
): Html =>
  text === undefined
    ? html`<span class="quiet">–</span>`
    : html`<a href="${versionUrl(repository, source, text)}">${version(text)}</a>${on !== undefined && html` <span class="small">${on.join(', ')}</span>`}${isNewer && html` <span class="quiet">newer</span>`}`;

const offers = ({ migration }: ComparisonModel, reader: Reader): boolean =>
  migration !== undefined && reader.may('migrate');

/** Id of the form that all rows share. */
const shared = 'migrate';

const deed = ({ migration }: ComparisonModel, { source, migrates }: Row, reader: Reader): Html | undefined | false =>
  migrates &&
  deedOf(
    reader,
    { id: shared, command: 'migrate', name: 'package', value: source },
    html`→ ${migration?.to.split('-')[2]}`,
  );

/** Two distributions, each at a time or now; what is looked for in them stays. */
const form = ({ repository, distributions, one, other, kind, name }: ComparisonModel): Html =>
  html`<form class="card filters" action="/mini_buildd/repositories/${repository}/compare">${fields('one', 'First', distributions, one)}${fields('other', 'Second', distributions, other)}${Object.entries({ kind, name }).map(([field, value]) => value !== undefined && value !== '' && html`<input type="hidden" name="${field}" value="${value}">`)}
<p><button>Compare</button></p></form>`;

const fields = (name: string, label: string, distributions: readonly string[], { distribution, at }: Side): Html =>
  html`<p><label for="${name}">${label}</label><select id="${name}" name="${name}">${distributions.map((each) => html`<option${each === distribution && html` selected`}>${each}</option>`)}</select></p><p><label for="${name}-at">as at (UTC; empty: now)</label><input id="${name}-at" name="${name}-at" type="datetime-local" step="0.001" value="${(at ?? '').slice(0, 23)}"></p>`;

const choice = (model: ComparisonModel, kind: Kind | undefined, says: string): Html =>
  html`<a href="${urlOf(model, { kind })}#packages"${kind === model.kind && html` aria-current="true"`}>${says}</a>`;

const urlOf = (model: ComparisonModel, others: { readonly kind?: Kind | undefined; readonly page?: number }): string =>
  urlWith(pathOf(model), { ...queryOf(model), ...others });

const pathOf = ({ repository }: ComparisonModel): string => `/mini_buildd/repositories/${repository}/compare`;

const queryOf = ({ one, other, kind, name }: ComparisonModel) => ({
  one: one.distribution,
  'one-at': one.time,
  other: other.distribution,
  'other-at': other.time,
  kind,
  name,
});

/** The page is always said: without it the command lists all of them. */
const viewOf = (model: ComparisonModel): View => ({
  path: pathOf(model),
  query: { ...queryOf(model), page: model.page },
  command: 'compare',
  positional: ['one', 'other'],
});
