import { liveUrl } from '../rendered-parts.ts';
import { aptSource, keyFirst } from './apt-sources.ts';
import { chooser, chosenDeeds } from './chosen-deeds.ts';
import { commandUrl } from './command-index-page.ts';
import { type Reader, whyNoButtons } from './deed-button.ts';
import { externalHome } from './external-home.ts';
import type { WorkModel } from './home-model.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { listQuery, minute, narrowing, orders, pager, type Sort, sortable, urlWith } from './listing.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { distributionUrl, empty, row, table, time, versionUrl } from './parts.ts';
import type { Former, RepositoryModel, RepositorySuite } from './repository-model.ts';
import { sameView, type View } from './same-as.ts';
import { suiteFlow } from './suite-flow.ts';
import { buildsFrom } from './target-rules.ts';
import { worksUnderWay } from './works.ts';

/** A repository, by one of its codenames. */
export const repositoryPage = (
  instance: Instance,
  model: RepositoryModel,
  reader: Reader,
  works: readonly WorkModel[] = [],
): string => {
  const { repository, codename, suites } = model;
  const parts = repositoryParts(model, reader, works);
  return page({
    title: `Repository ${repository} – ${instance.name}`,
    instance,
    live: liveUrl(urlOf(model, {}, `${pathOf(model)}/live`), parts),
    body: html`<h1>Repository ${repository}</h1>
${liveState}
<p class="quiet" id="facts">${parts.facts}</p>
${reader.may('removerepository') && html`<p class="deeds"><a href="${commandUrl('testpackages')}">Test packages …</a> <a href="${commandUrl('keyringpackages')}">Keyring packages …</a> <a href="${commandUrl('removerepository', { repository })}">Remove the repository …</a></p>`}
<div id="works">${parts.works}</div>
<nav class="pages" aria-label="Codenames">${model.codenames.map((each) => html`<a href="${urlOf(model, { codename: each, page: 1 })}"${each === codename && html` aria-current="page"`}>${each}</a> `)}</nav>
<p class="quiet small">On this page: <a href="#packages">source packages</a> · <a href="#apt">for apt</a></p>
<section class="card"><h2>Suites</h2>
<div id="suites">${parts.suites}</div></section>
<section class="card" id="packages"><h2>Source packages</h2>
${narrowing(pathOf(model), model, { codename: model.codename })}
<div id="held">${parts.held}</div>
${sameView(instance, viewOf(model))}</section>
<section class="card" aria-labelledby="apt"><h2 id="apt">For apt</h2>
${keyFirst(model.keyFile, instance.fingerprint)}
${suites.map((each) => aptSource(each))}
</section>
${model.former.length > 0 && noMore(repository, model.former)}`,
  });
};

/** A repository that is configured no more, as far as apt saw it once. */
export const formerRepositoryPage = (instance: Instance, repository: string, former: readonly Former[]): string =>
  page({
    title: `Repository ${repository} – ${instance.name}`,
    instance,
    body: html`<h1>Repository ${repository}</h1>
<p class="notice"><strong>It is configured no more.</strong> <span>What it held is on record: <a href="/snapshots/${repository}/">as apt saw it</a>, and in the <a href="/mini_buildd/history?stream=repository-${repository}">history</a>.</span></p>
${noMore(repository, former)}
${sameView(instance, { path: `/mini_buildd/repositories/${repository}`, query: {}, command: 'history', said: { stream: `repository-${repository}` } })}`,
  });

const noMore = (repository: string, former: readonly Former[]): Html =>
  html`<section class="card" aria-labelledby="no-more"><h2 id="no-more">There no more</h2>
<ul>${former.slice(0, mostFormer).map(({ distribution, ended }) => html`<li><a href="${distributionUrl(repository, distribution)}">${distribution}</a> <span class="quiet">until ${time(ended)}</span></li>`)}</ul>
${former.length > mostFormer && html`<p class="quiet">and ${former.length - mostFormer} more</p>`}</section>`;

const mostFormer = 50;

/** What reads otherwise while one looks, by the id of its place. */
export const repositoryParts = (
  model: RepositoryModel,
  reader: Reader,
  works: readonly WorkModel[],
): Readonly<Record<'facts' | 'works' | 'suites' | 'held', Html>> => {
  const { repository, layout, externalHomeUrl, publishedAt, suites } = model;
  return {
    facts: html`Layout ${layout}, ${publishedAt === undefined ? 'not published yet' : html`published ${time(publishedAt)} UTC`} · <a href="/repositories/${repository}/">files</a>${externalHome(externalHomeUrl)}`,
    works: html`${worksUnderWay(works)}`,
    suites: suites.length === 0 ? empty('It has no codename yet.') : flow(model),
    held: packages(model, reader),
  };
};

const flow = ({
  repository,
  suites,
  codename,
  buildSources,
}: RepositoryModel): Html => html`${suiteFlow(repository, suites)}
<details><summary>The same as a table</summary>${table(
  ['Distribution', 'Uploads', 'Migrates to', 'Rollbacks', 'Source packages'],
  suites.map(({ distribution, uploadable, experimental, migratesTo, rollbacks, packages }) =>
    row(
      html`<a href="${distributionUrl(repository, distribution)}">${distribution}</a> <a class="quiet" href="/mini_buildd/feeds/distributions/${distribution}.atom">feed</a>`,
      `${uploadable ? 'yes' : 'no'}${experimental ? ', experimental' : ''}`,
      migratesTo,
      rollbacks,
      packages,
    ),
  ),
)}</details>
<details><summary>Versions, and what builds use</summary>${versionRules(suites)}
<p>Builds for ${codename} install from the distribution itself and from</p>${buildsFrom(buildSources)}</details>`;

/** One line for all suites that have the same rule: mostly those that are not experimental. */
const versionRules = (suites: readonly RepositorySuite[]): Html => {
  const takers = suites.filter(({ uploadable }) => uploadable);
  const rules = new Map(takers.map(({ versions }) => [`${versions.rule} ${versions.appended}`, versions]));
  return html`${[...rules.values()].map(({ rule, appended }) => {
    const those = takers.filter(({ versions }) => versions.rule === rule && versions.appended === appended);
    return html`<p>For ${those.map(({ suite }) => suite).join(', ')}: a version has to hold <code>${rule}</code>; to one from elsewhere <code>${appended}</code> is appended.</p>`;
  })}`;
};

const packages = (model: RepositoryModel, reader: Reader): Html => html`${orders(model.found, model, sortUrl(model))}
${
  model.packages.length === 0
    ? empty('None.')
    : table(
        [
          sortable('Source package', 'name', model.sort, sortUrl(model)),
          ...model.suites.map(({ suite }) => suite),
          sortable('Last changed', 'changed', model.sort, sortUrl(model)),
        ],
        model.packages.map(({ source, versions, changedAt }) =>
          row(
            chooser(reader, deeds, source),
            ...versions.map(
              (text) =>
                text !== undefined &&
                html`<a class="version" href="${versionUrl(model.repository, source, text)}">${text}</a>`,
            ),
            changedAt && minute(changedAt),
          ),
        ),
      )
}
${model.packages.length > 0 && chosenDeeds(reader, deeds, whence(model))}${whyNoButtons(reader, { migrate: 'migrate', remove: 'remove' }, pathOf(model))}
${pager(model, (page) => urlOf(model, { page }))}`;

const sortUrl =
  (model: RepositoryModel) =>
  (sort: Sort): string =>
    urlOf(model, { sort, page: 1 });

const deeds = [
  { command: 'migrate', says: 'Migrate', given: {} },
  { command: 'remove', says: 'Remove', given: {} },
];

/** Packages stand in several suites: one says from which. */
const whence = ({ suites }: RepositoryModel): Html =>
  html` <label for="whence">from</label> <select id="whence" name="distribution">${suites.map(({ distribution, migratesTo }, index) => html`<option value="${distribution}"${index === first(suites) && html` selected`}>${distribution}${migratesTo !== undefined && html` (→ ${migratesTo})`}</option>`)}</select>`;

/** Where new packages come first. */
const first = (suites: RepositoryModel['suites']): number =>
  suites.findIndex(({ uploadable, migratesTo }) => uploadable && migratesTo !== undefined);

const pathOf = ({ repository }: RepositoryModel): string => `/mini_buildd/repositories/${repository}`;

/** Its codename goes without saying where it is the first one. */
const viewOf = (model: RepositoryModel): View => ({
  path: pathOf(model),
  query: { codename: model.codename === model.codenames[0] ? undefined : model.codename, ...listQuery(model) },
  command: 'repository',
  said: { repository: model.repository },
  positional: ['repository'],
});

const urlOf = (
  model: RepositoryModel,
  other: Partial<Pick<RepositoryModel, 'codename' | 'sort' | 'page'>>,
  path = pathOf(model),
): string => {
  const { codename, name, sort, page } = { ...model, ...other };
  return urlWith(path, { codename, name, sort, page });
};
