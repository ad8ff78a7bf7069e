import { stringify } from 'yaml';
import { architectureOfBuild, UploadId } from '../../../domain/ids.ts';
import type { Happening } from './happening.ts';
import type { EventModel } from './history-model.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import { badge, buildUrl, clipped, distributionUrl, packageUrl } from './parts.ts';
import { sameView } from './same-as.ts';
import { chainUrl, doneBy, doneUrl, eventUrl, lookOf, spoken } from './timeline.ts';

/** One event: what it says, what led to it, what came of it, and everything on record. */
export const eventPage = (instance: Instance, model: EventModel): string => {
  const { happening } = model;
  return page({
    title: `${spoken(happening.type)} – ${instance.name}`,
    instance,
    body: html`<h1>${badge(spoken(happening.type), lookOf(happening.type))} <span class="quiet">${happening.package} ${happening.version}</span></h1>
<section class="card" aria-label="What it says">${happening.says !== undefined && html`<p>${clipped(happening.says, 2000)}</p>`}
${envelope(model)}
<p class="small quiet">${about(happening)}${asItWas(happening)}</p></section>
<section class="card" aria-labelledby="chain"><h2 id="chain">Why, and what came of it</h2>
${chain(model)}
<p class="small"><a href="${chainUrl(happening)}#${happening.id}">Everything that the same upload or command began</a></p></section>
<section class="card" aria-labelledby="record"><h2 id="record">On record</h2>
${onRecord(stringify(model.recorded.body))}
<p class="small"><a href="${eventUrl(happening)}&amp;output=json">The same as JSON</a></p>
${sameView(instance, { path: `/mini_buildd/history/${happening.id}`, query: { chain: happening.correlation }, command: 'event', said: { id: happening.id }, positional: ['id'] })}</section>`,
  });
};

/** Whole where it is short, else what it begins with; the rest is folded away. */
const onRecord = (text: string): Html => {
  const lines = clipped(text, mostOnRecord).split('\n');
  const [first, rest] =
    lines.length > mostLines + 5 ? [lines.slice(0, mostLines), lines.slice(mostLines)] : [lines, []];
  return html`<pre class="answer" tabindex="0">${first.join('\n')}</pre>${rest.length > 0 && html`<details><summary>${rest.length} further lines</summary><pre class="answer" tabindex="0">${rest.join('\n')}</pre></details>`}`;
};

const mostLines = 20;
/** Characters. */
const mostOnRecord = 12_000;

const envelope = ({ happening, recorded, before, after }: EventModel): Html => html`<dl class="facts">
<dt>Recorded</dt><dd><time datetime="${happening.at}">${happening.at.replace('T', ' ').replace('Z', '')} UTC</time></dd>
<dt>By</dt><dd>${doneBy(happening)}${asRecorded(happening)}</dd>
<dt>Stream</dt><dd><a href="/mini_buildd/history?stream=${encodeURIComponent(happening.stream)}">${happening.stream}</a>, revision ${recorded.revision}${before !== undefined && html` · <a rel="prev" href="${eventUrl(before)}">before: ${spoken(before.type)}</a>`}${after !== undefined && html` · <a rel="next" href="${eventUrl(after)}">after: ${spoken(after.type)}</a>`}</dd>
<dt>Position</dt><dd><code>${happening.position}</code></dd>
<dt>Id</dt><dd><code>${happening.id}</code></dd>
<dt>Chain</dt><dd><a href="${chainUrl(happening)}"><code>${happening.correlation}</code></a></dd></dl>`;

/** What the log calls who did it, and the way to everything else that they did. */
const asRecorded = ({ actor: { kind, name }, doer }: Happening): Html | undefined =>
  doer?.login === undefined
    ? undefined
    : html`${kind === 'account' && html` <span class="quiet">(account ${name})</span>`} · <a href="${doneUrl(doer.login)}">all that ${doer.login} did</a>`;

/** Where to read on about what it is about. */
const about = ({ package: source, distribution, build, repository, correlation }: Happening): readonly Html[] => [
  ...(UploadId.is(correlation) ? [html`<a href="/mini_buildd/uploads/${correlation}">the upload</a> `] : []),
  ...(source === undefined ? [] : [html`<a href="${packageUrl(source)}">${source}</a> `]),
  ...(build === undefined ? [] : [html`<a href="${buildUrl(build)}">build ${architectureOfBuild(build)}</a> `]),
  ...(distribution === undefined
    ? []
    : [html`<a href="/mini_buildd/history?distribution=${encodeURIComponent(distribution)}">${distribution}</a> `]),
  ...(repository === undefined
    ? []
    : [html`<a href="/mini_buildd/repositories/${encodeURIComponent(repository)}">repository ${repository}</a> `]),
];

/** What apt saw of its distribution once it had happened, with the snapshot as apt source. */
const asItWas = ({ id, distribution, repository }: Happening): Html | undefined =>
  distribution === undefined || repository === undefined
    ? undefined
    : html`<a href="${distributionUrl(repository, distribution)}?at=${id}">${distribution} as it was then</a>`;

/** Causes above it, each the reason for the next; consequences below it, each one deeper than what made it necessary. */
const chain = ({ happening, causes, consequences, moreConsequences }: EventModel): Html => html`<ol class="chain">
${causes.map((each) => html`<li>${link(each)}</li>`)}
<li aria-current="true"><b>${badge(spoken(happening.type), lookOf(happening.type))} this event</b></li>
${consequences.map((each) => html`<li class="depth-${Math.min(each.depth, deepest)}">${link(each)}</li>`)}
</ol>${moreConsequences > 0 && html`<p class="quiet">and ${moreConsequences} further consequences</p>`}`;

/** Steps to the right that there is room for. */
const deepest = 6;

const link = (each: Happening): Html =>
  html`<time class="quiet small" datetime="${each.at}">${each.at.slice(0, 19).replace('T', ' ')}</time> ${badge(spoken(each.type), lookOf(each.type))} <a href="${eventUrl(each)}">${each.says === undefined ? spoken(each.type) : clipped(each.says, 120)}</a> <span class="quiet small">${each.package} ${each.build !== undefined && architectureOfBuild(each.build)}</span>`;
