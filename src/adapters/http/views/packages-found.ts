import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { minute, nameFilter, pager, type Sort, sortable, urlWith } from './listing.ts';
import type { FoundPackage, FoundPackages } from './package-model.ts';
import { page } from './page.ts';
import { distributionUrl, empty, few, packageLink, row, table, version } from './parts.ts';
import { sameView } from './same-as.ts';

const path = '/mini_buildd/packages';

/** Source packages whose name holds what was sought: the newest version of each, and where it stands. */
export const packagesFound = (instance: Instance, sought: string, found: FoundPackages, by: Sort = 'name'): string => {
  const sort = by === 'name' ? undefined : by;
  const urlOf = (nth: number): string => urlWith(path, { name: sought, sort, page: nth });
  const sortUrl = (each: Sort): string => urlWith(path, { name: sought, sort: each === 'name' ? undefined : each });
  const nth = found.page === 1 ? undefined : found.page;
  return page({
    title: `Packages – ${instance.name}`,
    instance,
    sought,
    body: html`<h1>Source packages</h1>
<section class="card" id="packages" aria-label="Source packages">${nameFilter(path, 'Source packages by name', sought, 'Show')}
<p class="quiet">${found.found} found${sought !== '' && html` · <a href="${path}">all</a>`} · <a href="/mini_buildd/uploads">what came last</a></p>
${
  found.found === 0
    ? empty(sought === '' ? 'There is none yet.' : 'No source package is called so.')
    : table(
        [
          sortable('Package', 'name', by, sortUrl),
          'Newest version',
          'Stands in',
          'Other versions',
          sortable('Last changed', 'changed', by, sortUrl),
        ],
        found.items.map(line),
      )
}
${pager(found, urlOf)}</section>
${sameView(instance, { path, query: { name: sought, sort, page: nth }, command: 'search', positional: ['name'] })}`,
  });
};

/** Distributions of a version that are named; all are on the page of the package. */
const mostNamed = 2;

const line = ({ source, versions: [newest, ...others], changedAt }: FoundPackage) =>
  row(
    html`<b>${packageLink(source)}</b>`,
    newest === undefined ? html`<span class="quiet">none stands anywhere</span>` : version(newest.version),
    newest && places(newest.where),
    others.length > 0 && few(others, 1, (each) => version(each.version)),
    changedAt && minute(changedAt),
  );

const places = (where: FoundPackage['versions'][number]['where']): Html =>
  few(
    where,
    mostNamed,
    ({ repository, distribution }) =>
      html`<span class="whole"><a href="${distributionUrl(repository, distribution)}">${distribution}</a></span>`,
  );
