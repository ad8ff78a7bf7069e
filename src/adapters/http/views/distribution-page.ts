import type { Instant } from '../../../domain/codec.ts';
import { liveUrl } from '../rendered-parts.ts';
import { aptSource, keyFirst } from './apt-sources.ts';
import { chooser } from './chosen-deeds.ts';
import type { Reader } from './deed-button.ts';
import { deedsIn, deedsOfChosen, deedsOfOne, deedsOfWhole } from './distribution-deeds.ts';
import type { DistributionModel, HeldPackage } from './distribution-model.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { listQuery, minute, narrowing, orders, pager, type Sort, sortable, urlWith } from './listing.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { badge, distributionUrl, empty, row, table, time, version, versionUrl } from './parts.ts';
import { sameView, type View } from './same-as.ts';
import { buildsFrom } from './target-rules.ts';
import { timeSlider } from './time-slider.ts';

/** One distribution: what it holds, now or as apt saw it, how to use it, and how it came to be so. */
export const distributionPage = (instance: Instance, model: DistributionModel, reader: Reader): string => {
  const { repository, distribution } = model;
  const path = distributionUrl(repository, distribution);
  const parts = distributionParts(model, reader);
  const isNow = model.when.time === undefined;
  const when = html`<section class="card" aria-labelledby="when"><h2 id="when">When</h2>
${timeSlider(path, repository, model.when, model.ended)}</section>
`;
  const held = html`<section class="card" id="packages"><h2>Source packages</h2>
${narrowing(path, model, { at: model.when.time })}
<div id="held">${parts.held}</div>
${sameView(instance, viewOf(path, model))}</section>
`;
  return page({
    title: `${distribution} – ${instance.name}`,
    instance,
    script: 'time-slider.js',
    ...(isNow ? { live: liveUrl(urlWith(`${path}/live`, shownOf(model)), parts) } : {}),
    feed: { title: distribution, url: `/mini_buildd/feeds/distributions/${distribution}.atom` },
    body: html`<h1>${distribution}</h1>
<p class="quiet" id="facts">${parts.facts}</p>
${model.ended === undefined ? isNow && liveState : noMore(model.ended)}
<nav class="pages" aria-label="Distributions of ${model.codename}">${model.siblings.map((each) => html`<a href="${distributionUrl(repository, each)}"${each === distribution && html` aria-current="page"`}>${each.split('-')[2]}</a> `)}</nav>
<p class="quiet small">On this page: <a href="#packages">source packages</a> · <a href="#when">any other time</a> · <a href="#apt">for apt</a> · <a href="#more">compare, upload, look</a></p>
${isNow ? [held, when] : [when, held]}
<div class="columns"><section class="card" aria-labelledby="apt"><h2 id="apt">For apt</h2>
${keyFirst(model.key.file, model.key.fingerprint)}
${model.key.packageVersion !== undefined && html`<p class="small">From then on the package <code>${model.key.package}</code> keeps it up to date.</p>`}
${forApt(model)}</section>
<section class="card" aria-labelledby="more"><h2 id="more">Compare, upload, look</h2>
${compareForm(model)}
${model.dput !== undefined && html`<details><summary>For dput: into ~/.dput.cf</summary><pre class="answer" tabindex="0" data-copy>${model.dput}</pre></details>`}
${model.ended === undefined && rules(model)}
<p class="small"><a href="${treeUrl(model)}">Its indices</a> · <a href="/mini_buildd/history?distribution=${distribution}">What happened in it</a> · <a href="/mini_buildd/feeds/distributions/${distribution}.atom">feed</a></p>
${deedsOfWhole(model, reader)}</section></div>`,
  });
};

const noMore = (ended: Instant): Html =>
  html`<p class="notice"><strong>It is there no more since ${time(ended)} UTC.</strong> <span>This is how apt saw it; <a href="#when">any other time</a> until then is kept.</span></p>`;

/** What reads otherwise while one looks at what it holds now, by the id of its place. */
export const distributionParts = (
  model: DistributionModel,
  reader: Reader,
): Readonly<Record<'facts' | 'held', Html>> => ({
  facts: facts(model),
  held: packages(model, distributionUrl(model.repository, model.distribution), reader),
});

/** What uploads keep to, and what builds install from. */
const rules = ({
  uploadable,
  versions,
  buildSources,
}: DistributionModel): Html => html`<details><summary>Versions, and what builds use</summary>
${uploadable && html`<p>A version has to hold <code>${versions.rule}</code>; to one from elsewhere <code id="version-suffix">${versions.appended}</code> is appended.</p>`}
<p>Builds install from the distribution itself and from</p>${buildsFrom(buildSources)}</details>`;

/** What one looks at is unfolded: the past, or the distribution itself. */
const forApt = ({ past, when, sources: [own, ...rollbacks] }: DistributionModel): Html =>
  html`${past !== undefined && aptSource(past, true, `As it was, publication ${when.nth}`)}${own !== undefined && aptSource(own, past === undefined)}${rollbacks.length > 0 && html`<details><summary>Its ${rollbacks.length} rollbacks</summary>${rollbacks.map((each) => aptSource(each))}</details>`}`;

const facts = (model: DistributionModel): Html =>
  html`<a href="/mini_buildd/repositories/${model.repository}?codename=${model.codename}">Repository ${model.repository}</a> · ${model.ended === undefined ? (model.uploadable ? badge('takes uploads', 'good') : badge('no uploads', 'idle')) : badge('no more', 'idle')} ${model.experimental && badge('experimental', 'warn')} ${model.rollback !== undefined && badge(`rollback ${model.rollback}`, 'idle')} · ${model.migratesTo !== null && html`migrates to <a href="${distributionUrl(model.repository, model.migratesTo)}">${model.migratesTo}</a>${model.migratesAfterDays > 0 && ` by itself after ${model.migratesAfterDays} day${model.migratesAfterDays === 1 ? '' : 's'}`} · `}${model.components.join(', ')} · ${model.architectures.join(', ')} · ${model.held} source package${model.held !== 1 && 's'}`;

const treeUrl = ({ repository, distribution, when }: DistributionModel): string =>
  when.time === undefined
    ? `/repositories/${repository}/dists/${distribution}/`
    : `/snapshots/${repository}/${when.time}/dists/${distribution}/`;

/** With another suite; of the past, with what was before and what came since. */
const compareForm = ({ repository, distribution, siblings, migratesTo, when, ended }: DistributionModel): Html => {
  const url = `/mini_buildd/repositories/${repository}/compare`;
  const others = siblings.filter((each) => each !== distribution || when.time !== undefined);
  return html`<form action="${url}"><input type="hidden" name="one" value="${distribution}">${when.time !== undefined && html`<input type="hidden" name="one-at" value="${when.time}">`}<label for="other">Compare with</label> <select id="other" name="other">${others.map((each) => html`<option${each === (migratesTo ?? distribution) && html` selected`}>${each}</option>`)}</select> <button>Compare</button></form>
${when.time !== undefined && html`<p class="small">${when.earlier !== undefined && html`<a href="${urlWith(url, { one: distribution, 'one-at': when.earlier.time, other: distribution, 'other-at': when.time })}">What came with this publication</a> · `}<a href="${urlWith(url, { one: distribution, 'one-at': when.time, other: distribution })}">${ended === undefined ? 'What changed since' : 'What changed until its last'}</a></p>`}`;
};

const packages = (model: DistributionModel, path: string, reader: Reader): Html => {
  const at = model.when.time;
  const { name, sort } = model;
  const sortUrl = (each: Sort): string => urlWith(path, { at, name, sort: each });
  return html`${orders(model.found, model, sortUrl)}
${
  model.items.length === 0
    ? empty('None.')
    : table(
        [
          sortable('Source package', 'name', sort, sortUrl),
          'Version',
          ...(isNow(model) ? [sortable('Since', 'changed', sort, sortUrl)] : []),
          ...elsewhere(model),
          'Component',
          'Binary packages',
          'Architectures',
        ],
        model.items.map((each) => packageRow(model, each, reader)),
      )
}
${deedsOfChosen(model, reader)}
${pager(model, (each) => urlWith(path, { at, name, sort, page: each }))}`;
};

/** Of the past one asks what is there now; of what is there now, what there is where it goes next. */
const elsewhere = ({ when, rollback, migratesTo, ended }: DistributionModel): readonly string[] => {
  if (ended !== undefined) return [''];
  if (when.time !== undefined) return ['Now'];
  if (rollback !== undefined) return [''];
  return [migratesTo === null ? '' : `In ${migratesTo.split('-')[2]}`];
};

const packageRow = (model: DistributionModel, each: HeldPackage, reader: Reader) =>
  row(
    chooser(reader, deedsIn(model), each.source),
    html`<a href="${versionUrl(model.repository, each.source, each.version)}">${version(each.version)}</a>${each.isLost && html` ${badge('files not kept', 'warn')}`}`,
    ...(isNow(model) ? [each.since && minute(each.since)] : []),
    html`${isCompared(model) && otherVersion(each, model.when.time === undefined ? each.next : each.now)} ${deedsOfOne(model, each, reader)}${each.byItself !== undefined && html` <span class="quiet small">${each.byItself}</span>`}`,
    each.component,
    each.binaries,
    each.architectures.join(' '),
  );

const isNow = ({ when, rollback }: DistributionModel): boolean => when.time === undefined && rollback === undefined;

const isCompared = ({ when, rollback, migratesTo, ended }: DistributionModel): boolean =>
  ended === undefined && (when.time !== undefined || (rollback === undefined && migratesTo !== null));

const otherVersion = ({ version: own, stays }: HeldPackage, other: string | undefined): Html =>
  other === own
    ? html`<span class="quiet">the same</span>`
    : html`<span${stays !== undefined && html` title="${stays}"`}>${other === undefined ? html`<span class="quiet">–</span>` : version(other)}</span>`;

/** What of it is looked at: when, which names, in which order, and where in the list. */
const shownOf = (model: DistributionModel) => ({ at: model.when.time, ...listQuery(model) });

const viewOf = (path: string, model: DistributionModel): View => ({
  path,
  query: shownOf(model),
  command: 'packages',
  said: { distribution: model.distribution },
  positional: ['distribution'],
});
