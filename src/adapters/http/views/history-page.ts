import { eventCodecs } from '../../../domain/event.ts';
import type { Refusal } from '../../../domain/refusal.ts';
import { liveUrl } from '../rendered-parts.ts';
import { chooseDistribution, distributionThen } from './distribution-then.ts';
import { type Filters, filterNames, type HistoryModel } from './history-model.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { urlWith } from './listing.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { empty } from './parts.ts';
import { proofCard } from './proof.ts';
import { refusals } from './refused.ts';
import { sameView } from './same-as.ts';
import { timelineOfMany } from './timeline.ts';

/** What happened, with the filters by which it was sought. */
export const historyPage = (
  instance: Instance,
  { filters, before }: { readonly filters: Filters; readonly before: string | undefined },
  { happenings, next, asItWas, distributions, formerDistributions, logins, proof, asOf }: HistoryModel,
): string =>
  framed(
    instance,
    filters,
    html`${before === undefined && liveState}${asItWas === undefined ? chooseDistribution(distributions, formerDistributions) : distributionThen(asItWas)}
<section class="card" aria-label="Events">
${before === undefined && html`<div id="newer" aria-live="polite">${nothingNewer(filters).newer}</div>`}
${happenings.length === 0 ? empty('Nothing that you may see.') : timelineOfMany(happenings)}
<nav class="pages" aria-label="Pages of history">${before !== undefined && html`<a href="${historyUrl(filters)}">Newest</a>`} ${next !== undefined && html`<a rel="next" href="${historyUrl(filters, next)}">Older</a>`}</nav>
${sameView(instance, { path: '/mini_buildd/history', query: { ...filters, before }, command: 'history', positional: ['package'] })}
</section>
${proofCard(proof)}`,
    { logins, live: before === undefined ? newerUrl(filters, happenings[0]?.position ?? asOf) : undefined },
  );

/** What was typed, and what is wrong with it. */
export const badHistoryPage = (instance: Instance, filters: Filters, because: readonly Refusal[]): string =>
  framed(instance, filters, refusals(because));

/** What is told of events that came since the page was read. They do not come by themselves: who reads a list keeps it as it is. */
export const newerParts = (filters: Filters, newer: number): Readonly<Record<'newer', Html>> => ({
  newer: html`<p class="quiet">${newer === 0 ? 'These are the newest.' : html`<a href="${historyUrl(filters)}">${newer}${newer >= 100 && ' or more'} newer</a>`}</p>`,
});

const nothingNewer = (filters: Filters) => newerParts(filters, 0);

const newerUrl = (filters: Filters, since: HistoryModel['asOf']): string =>
  liveUrl(urlWith('/mini_buildd/history/live', { ...filters, since }), nothingNewer(filters));

const historyUrl = (filters: Filters, before?: string): string => {
  const query = new URLSearchParams({ ...filters, ...(before === undefined ? {} : { before }) }).toString();
  return query === '' ? '/mini_buildd/history' : `/mini_buildd/history?${query}`;
};

const framed = (
  instance: Instance,
  filters: Filters,
  body: Html,
  { logins = [], live }: { readonly logins?: readonly string[]; readonly live?: string | undefined } = {},
): string =>
  page({
    title: `History – ${instance.name}`,
    instance,
    ...(live === undefined ? {} : { live }),
    script: 'time-slider.js',
    body: html`<h1>History</h1>
<form class="card filters" action="/mini_buildd/history">${filterNames.map((name) => filter(name, filters[name]))}
<p><button>Show</button> <a href="/mini_buildd/history">Everything</a></p>
<datalist id="types">${Object.keys(eventCodecs).map((type) => html`<option value="${type}">`)}</datalist>
<datalist id="logins">${logins.map((login) => html`<option value="${login}">`)}</datalist></form>
${body}`,
  });

const filter = (name: (typeof filterNames)[number], value = ''): Html =>
  html`<p><label for="by-${name}">${labels[name]}</label><input id="by-${name}" name="${name}" value="${value}" placeholder="${hints[name]}" maxlength="300" autocapitalize="none" spellcheck="false"${lists[name] !== undefined && html` list="${lists[name]}"`}></p>
`;

/** Where a browser finds what could be typed. */
const lists: Readonly<Partial<Record<keyof typeof hints, string>>> = { type: 'types', actor: 'logins' };

const labels = {
  package: 'Source package',
  distribution: 'Distribution',
  type: 'Kind of event',
  actor: 'Done by',
  from: 'Not before (UTC)',
  until: 'Before (UTC)',
  stream: 'Stream',
  correlation: 'Chain',
} as const;

const hints = {
  package: 'hello',
  distribution: 'trixie-acme-unstable',
  type: 'PackageInstalled',
  actor: 'login, key or duty',
  from: '2026-11-22',
  until: '2026-11-22T10:15',
  stream: 'package-acme-hello',
  correlation: 'all that one upload or command began',
} as const;
