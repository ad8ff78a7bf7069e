import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import { empty, logsUrl, packageLink, row, table, time, version } from './parts.ts';
import type { RepositoryModel, RepositorySuite, Sort } from './repository-model.ts';
import { sameAs } from './same-as.ts';
import { suiteFlow } from './suite-flow.ts';

/** A repository, by one of its codenames. */
export const repositoryPage = (instance: Instance, model: RepositoryModel): string => {
  const { repository, layout, publishedAt, codename, suites } = model;
  return page({
    title: `Repository ${repository} – ${instance.name}`,
    instance,
    body: html`<h1>Repository ${repository}</h1>
<p class="quiet">Layout ${layout}, ${publishedAt === undefined ? 'not published yet' : html`published ${time(publishedAt)} UTC`} · <a href="/repositories/${repository}/">files</a></p>
<nav class="pages" aria-label="Codenames">${model.codenames.map((each) => html`<a href="${urlOf(model, { codename: each, page: 1 })}"${each === codename && html` aria-current="page"`}>${each}</a> `)}</nav>
<section class="card"><h2>Suites</h2>
${suites.length === 0 ? empty('It has no codename yet.') : flow(suites)}</section>
<section class="card"><h2>For apt</h2>
${suites.map(aptSource)}
${codename !== undefined && sameAs(instance, urlOf(model, {}), { command: 'getsourceslist', given: { codename, repository }, positional: ['codename'] })}</section>
<section class="card" id="packages"><h2>Source packages</h2>
${packages(model)}</section>`,
  });
};

const flow = (suites: readonly RepositorySuite[]): Html => html`${suiteFlow(suites)}
<details><summary>The same as a table</summary>${table(
  ['Distribution', 'Uploads', 'Migrates to', 'Rollbacks', 'Source packages'],
  suites.map(({ distribution, uploadable, experimental, migratesTo, rollbacks, packages }) =>
    row(
      html`${distribution} <a class="quiet" href="/mini_buildd/feeds/distributions/${distribution}.atom">feed</a>`,
      `${uploadable ? 'yes' : 'no'}${experimental ? ', experimental' : ''}`,
      migratesTo,
      rollbacks,
      packages,
    ),
  ),
)}</details>`;

const aptSource = ({
  distribution,
  oneLine,
  deb822,
}: RepositorySuite): Html => html`<details><summary>${distribution}</summary>
<p class="small quiet">The key first: <a href="/mini_buildd/api/getkey?output=plain">archive key</a>, into the file that is named below. Then one line in a <code>.list</code> file:</p><pre class="answer" tabindex="0">${oneLine}</pre>
<p class="small quiet">or a stanza in a <code>.sources</code> file:</p><pre class="answer" tabindex="0">${deb822}</pre></details>`;

const packages = (
  model: RepositoryModel,
): Html => html`<form class="search" action="/mini_buildd/repositories/${model.repository}#packages"><input type="hidden" name="codename" value="${model.codename}"><input type="hidden" name="sort" value="${model.sort}"><label class="visually-hidden" for="name">Part of the name</label><input id="name" name="name" type="search" value="${model.name}" placeholder="Part of the name" maxlength="100"><button>Filter</button></form>
<p class="quiet">${model.found} found · in order of ${order(model, 'name', 'name')}, ${order(model, 'name-back', 'name, backwards')}, ${order(model, 'changes', 'how often they changed')}</p>
${
  model.packages.length === 0
    ? empty('None.')
    : table(
        ['Source package', ...model.suites.map(({ suite }) => suite)],
        model.packages.map(({ source, versions }) =>
          row(
            packageLink(source),
            ...versions.map(
              (text) =>
                text !== undefined && html`<a href="${logsUrl(model.repository, source, text)}">${version(text)}</a>`,
            ),
          ),
        ),
      )
}
<nav class="pages" aria-label="Pages">${model.page > 1 && html`<a rel="prev" href="${urlOf(model, { page: model.page - 1 })}#packages">Back</a>`} <span class="quiet">page ${model.page} of ${model.pages}</span> ${model.page < model.pages && html`<a rel="next" href="${urlOf(model, { page: model.page + 1 })}#packages">On</a>`}</nav>`;

const order = (model: RepositoryModel, sort: Sort, says: string): Html =>
  model.sort === sort ? html`<b>${says}</b>` : html`<a href="${urlOf(model, { sort, page: 1 })}#packages">${says}</a>`;

const urlOf = (model: RepositoryModel, other: Partial<Pick<RepositoryModel, 'codename' | 'sort' | 'page'>>): string => {
  const { codename, name, sort, page } = { ...model, ...other };
  const query = new URLSearchParams({ codename: codename ?? '', name, sort, page: String(page) });
  return `/mini_buildd/repositories/${model.repository}?${query}`;
};
