import { uploadFlow } from './charts/upload-flow.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import type { FoundPackages, PackageMatrix, PackageModel, PackagePlace, Standing } from './package-model.ts';
import { page } from './page.ts';
import { age, empty, logsUrl, packageUrl, type Row, row, table, version } from './parts.ts';
import { sameAs } from './same-as.ts';
import { timeline } from './timeline.ts';

/** Everything about one source package. `now` in milliseconds. */
export const packagePage = (instance: Instance, model: PackageModel, now: number): string => {
  const { source, repositories, happenings, isFirst, next } = model;
  const url = packageUrl(source);
  const feed = `/mini_buildd/feeds/packages/${encodeURIComponent(source)}.atom`;
  return page({
    title: `${source} – ${instance.name}`,
    instance,
    sought: source,
    feed: { title: source, url: feed },
    body: html`<h1>${source}</h1>
${
  isFirst &&
  html`<section class="card" aria-labelledby="where"><h2 id="where">Where it stands</h2>
${repositories.length === 0 ? empty('No repository holds it, or ever did.') : repositories.map((each) => matrix(each, source, now))}
${sameAs(instance, url, { command: 'show', given: { package: source, verbose: 'true' }, positional: ['package'] })}
</section>`
}
${
  model.way !== undefined &&
  html`<section class="card" aria-labelledby="way"><h2 id="way">The last upload</h2>
${uploadFlow(model.way)}</section>`
}
<section class="card" aria-labelledby="story"><h2 id="story">What happened <a class="quiet" href="${feed}">feed</a></h2>
${happenings.length === 0 ? empty('Nothing that you may see.') : timeline(happenings)}
<nav class="pages" aria-label="Pages of the timeline">${!isFirst && html`<a href="${url}">Newest</a>`} ${next !== undefined && html`<a rel="next" href="${url}?before=${encodeURIComponent(next)}">Older</a>`}</nav>
${sameAs(instance, url, { command: 'history', given: { package: source }, positional: ['package'] })}
</section>`,
  });
};

/** One row a codename, one column a suite. */
const matrix = ({ repository, places }: PackageMatrix, source: string, now: number): Html => {
  const suites = [...new Set(places.map(({ suite }) => suite))];
  const codenames = [...new Set(places.map(({ codename }) => codename))];
  const cellOf = (codename: string, suite: string): Html | undefined => {
    const place = places.find((each) => each.codename === codename && each.suite === suite);
    return place && cell(place, (text) => logsUrl(repository, source, text), now);
  };
  return html`<h3>${repository}</h3>${table(
    ['Codename', ...suites],
    codenames.map((codename): Row => row(codename, ...suites.map((suite) => cellOf(codename, suite)))),
  )}`;
};

const cell = (
  { distribution, migratesTo, present, earlier }: PackagePlace,
  logs: (version: string) => string,
  now: number,
): Html =>
  html`${
    present === undefined
      ? html`<span class="quiet" title="${distribution} does not hold it">–</span>`
      : standing(present, logs, now)
  }${present !== undefined && migratesTo !== undefined && html` <span class="quiet">→ ${migratesTo}</span>`}${
    earlier.length > 0 &&
    html`<details><summary>${earlier.length} earlier</summary><ol class="rollbacks" start="0">${earlier.map((each) => html`<li>${standing(each, logs, now)}</li>`)}</ol></details>`
  }`;

const standing = ({ version: text, since }: Standing, logs: (version: string) => string, now: number): Html =>
  html`<a href="${logs(text)}">${version(text)}</a>${since !== undefined && html` ${age(since, now)}`}`;

/** What a search found. */
export const foundPage = (instance: Instance, sought: string, { names, found }: FoundPackages): string =>
  page({
    title: `Packages – ${instance.name}`,
    instance,
    sought,
    body: html`<section class="card"><h1>Source packages</h1>
${found === 0 ? empty(sought === '' ? 'There is none yet.' : 'No source package is called so.') : html`<p class="quiet">${found} found${found > names.length && html`, the first ${names.length} of them`}</p>`}
<ul class="names">${names.map((name) => html`<li><a href="${packageUrl(name)}">${name}</a></li>`)}</ul></section>`,
  });
