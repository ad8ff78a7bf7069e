import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { pager, urlWith } from './listing.ts';
import type { FoundPackage, FoundPackages } from './package-model.ts';
import { page } from './page.ts';
import { distributionUrl, empty, packageLink, row, table, version } from './parts.ts';
import { sameView } from './same-as.ts';

const path = '/mini_buildd/packages';

/** Source packages whose name holds what was sought: the newest version of each, and where it stands. */
export const packagesFound = (instance: Instance, sought: string, found: FoundPackages): string => {
  const urlOf = (nth: number): string => urlWith(path, { name: sought, page: nth });
  const nth = found.page === 1 ? undefined : found.page;
  return page({
    title: `Packages – ${instance.name}`,
    instance,
    sought,
    body: html`<h1>Source packages</h1>
<section class="card" id="packages" aria-label="Source packages"><form class="search" role="search" aria-label="Source packages by name" action="${path}"><label class="visually-hidden" for="name">A part of the name</label><input id="name" name="name" type="search" value="${sought}" placeholder="A part of the name" maxlength="100" autocapitalize="none" spellcheck="false"><button>Show</button></form>
<p class="quiet">${found.found} found${sought !== '' && html` · <a href="${path}">all</a>`} · <a href="/mini_buildd/uploads">what came last</a></p>
${found.found === 0 ? empty(sought === '' ? 'There is none yet.' : 'No source package is called so.') : table(['Package', 'Newest version', 'Stands in', 'Other versions'], found.items.map(line))}
${pager(found, urlOf)}</section>
${sameView(instance, { path, query: { name: sought, page: nth }, command: 'search', positional: ['name'] })}`,
  });
};

/** Distributions of a version that are named; all are on the page of the package. */
const mostNamed = 2;

const line = ({ source, versions: [newest, ...others] }: FoundPackage) =>
  row(
    html`<b>${packageLink(source)}</b>`,
    newest === undefined ? html`<span class="quiet">none stands anywhere</span>` : version(newest.version),
    newest && places(newest.where),
    others.length > 0 &&
      html`${others.slice(0, 1).map((each) => version(each.version))}${others.length > 1 && html` <span class="quiet">and ${others.length - 1} more</span>`}`,
  );

const places = (where: FoundPackage['versions'][number]['where']): Html =>
  html`${where.slice(0, mostNamed).map(({ repository, distribution }) => html`<span class="whole"><a href="${distributionUrl(repository, distribution)}">${distribution}</a></span> `)}${where.length > mostNamed && html`<span class="quiet">and ${where.length - mostNamed} more</span>`}`;
