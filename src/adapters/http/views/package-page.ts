import { liveUrl } from '../rendered-parts.ts';
import { uploadFlow } from './charts/upload-flow.ts';
import { deedButton, type Reader, whyNoButtons } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { packageChecks } from './package-checks.ts';
import { packageLanes } from './package-lanes.ts';
import { packageMatrix } from './package-matrix.ts';
import type { FoundPackages, PackageModel } from './package-model.ts';
import { packageUploads } from './package-uploads.ts';
import { page } from './page.ts';
import { empty, packageUrl } from './parts.ts';
import { sameAs, sameView } from './same-as.ts';
import { timeline } from './timeline.ts';

/** Everything about one source package. `now` in milliseconds. */
export const packagePage = (instance: Instance, model: PackageModel, reader: Reader, now: number): string => {
  const { source, isFirst, before, limit, next } = model;
  const url = packageUrl(source);
  const feed = feedOf(source);
  const { story, ...others } = packageParts(instance, model, reader, now);
  return page({
    title: `${source} – ${instance.name}`,
    instance,
    sought: source,
    feed: { title: source, url: feed },
    ...(isFirst ? { live: liveUrl(`${url}/live`, { ...others, story }) } : {}),
    body: html`<h1>${source} ${deedButton(reader, 'subscription', { action: 'add', subscription: `${source}:` }, 'Mail me about it')}</h1>
${isFirst && html`<p class="live quiet" id="live-state">&nbsp;</p>`}
${
  isFirst &&
  Object.entries(others).map(
    ([
      name,
      content,
    ]) => html`<section class="card" id="${name}" aria-label="${labels[name as keyof typeof labels]}">${content}</section>
`,
  )
}
<section class="card" aria-labelledby="happened"><h2 id="happened">What happened <a class="quiet" href="${feed}">feed</a></h2>
<div id="story">${story}</div>
<nav class="pages" aria-label="Pages of the timeline">${!isFirst && html`<a href="${url}">Newest</a>`} ${next !== undefined && html`<a rel="next" href="${url}?before=${encodeURIComponent(next)}">Older</a>`}</nav>
${sameView(instance, { path: url, query: { before }, command: 'history', said: { package: source, limit: String(limit) }, positional: ['package'] })}
</section>`,
  });
};

/** What reads otherwise as time goes on, by the id of its place, in the order they stand. An empty part takes no room. */
export const packageParts = (
  instance: Instance,
  { source, repositories, uploads, way, checks, happenings }: PackageModel,
  reader: Reader,
  now: number,
): Readonly<Record<'where' | 'uploads' | 'way' | 'checks' | 'lanes' | 'story', Html>> => ({
  where: html`<h2>Where it stands</h2>
${repositories.length === 0 ? empty('No repository holds it, or ever did.') : repositories.map((each) => packageMatrix(each, source, reader, now))}
${repositories.length > 0 && whyNoButtons(reader, deeds, packageUrl(source))}
${sameAs(instance, packageUrl(source), { command: 'show', given: { package: source, verbose: 'true' }, positional: ['package'] })}`,
  uploads: uploads.length === 0 ? nothing : html`<h2>Last uploads</h2>${packageUploads(source, uploads, reader)}`,
  way: way === undefined ? nothing : html`<h2>The way of the last one</h2>${uploadFlow(way)}`,
  checks: checks.length === 0 ? nothing : html`<h2>What checks say</h2>${packageChecks(checks)}`,
  lanes: html`${repositories.map(({ repository, stays }) => stays.length > 0 && html`<h2>What stood where in ${repository}</h2>${packageLanes(stays)}`)}`,
  story: happenings.length === 0 ? empty('Nothing that you may see.') : timeline(happenings),
});

const labels = {
  where: 'Where it stands',
  uploads: 'Last uploads',
  way: 'The way of the last one',
  checks: 'What checks say',
  lanes: 'What stood where',
} as const;

const nothing = html``;

const feedOf = (source: string): string => `/mini_buildd/feeds/packages/${encodeURIComponent(source)}.atom`;

const deeds = {
  migrate: 'migrate',
  restore: 'restore',
  port: 'rebuild and port',
  retry: 'retry',
  cancel: 'cancel',
  remove: 'remove',
};

/** What a search found. */
export const foundPage = (instance: Instance, sought: string, { names, found }: FoundPackages): string =>
  page({
    title: `Packages – ${instance.name}`,
    instance,
    sought,
    body: html`<section class="card"><h1>Source packages</h1>
${found === 0 ? empty(sought === '' ? 'There is none yet.' : 'No source package is called so.') : html`<p class="quiet">${found} found${found > names.length && html`, the first ${names.length} of them`}</p>`}
<ul class="names">${names.map((name) => html`<li><a href="${packageUrl(name)}">${name}</a></li>`)}</ul></section>
${sought !== '' && sameView(instance, { path: '/mini_buildd/packages', query: { name: sought }, command: 'search', positional: ['name'] })}`,
  });
