import { liveUrl } from '../rendered-parts.ts';
import { uploadFlow } from './charts/upload-flow.ts';
import { deedButton, type Reader, whyNoButtons } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { liveState } from './live-state.ts';
import { packageChecks } from './package-checks.ts';
import { packageLanes } from './package-lanes.ts';
import { packageMatrix } from './package-matrix.ts';
import type { PackageModel } from './package-model.ts';
import { packageUploads } from './package-uploads.ts';
import { page } from './page.ts';
import { empty, packageUrl } from './parts.ts';
import { portOffers } from './port-offers.ts';
import { type AskedBy, sameAs, sameView } from './same-as.ts';
import { foldedTimeline, timeline } from './timeline.ts';
import { uploadStanding } from './upload-standing.ts';

/** Everything about one source package. `now` in milliseconds. */
export const packagePage = (instance: Instance, model: PackageModel, reader: Reader, now: number): string => {
  const { source, isFirst, before, limit } = model;
  const url = packageUrl(source);
  const feed = feedOf(source);
  const { story, ...others } = packageParts(instance, model, reader, now);
  const shown = withRoom(model, others);
  const next = shown.length < model.happenings.length ? shown.at(-1)?.position : model.next;
  return page({
    title: `${source} – ${instance.name}`,
    instance,
    sought: source,
    feed: { title: source, url: feed },
    ...(isFirst ? { live: liveUrl(`${url}/live`, { ...others, story }) } : {}),
    body: html`<h1>${source} ${deedButton(reader, 'subscription', { action: 'add', subscription: `${source}:` }, 'Mail me about it')}</h1>
${isFirst && liveState}
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
  model: PackageModel,
  reader: Reader,
  now: number,
): Readonly<Record<OtherPart | 'story', Html>> => {
  const others = otherParts(instance, model, reader, now);
  const shown = withRoom(model, others);
  // Who goes on to older ones came to read them.
  const storyOf = model.isFirst ? foldedTimeline : timeline;
  return { ...others, story: shown.length === 0 ? empty('Nothing that you may see.') : storyOf(shown) };
};

type OtherPart = 'newer' | 'where' | 'uploads' | 'way' | 'checks' | 'lanes';
type OtherParts = Readonly<Record<OtherPart, Html>>;

const otherParts = (
  instance: Instance,
  { source, repositories, uploads, way, checks, newer }: PackageModel,
  reader: Reader,
  now: number,
): OtherParts => {
  const around = {
    newer: portOffers(newer, reader),
    where: html`<h2>${labels.where}</h2>
${repositories.length === 0 ? empty('No repository holds it, or ever did.') : repositories.map((each) => packageMatrix(each, source, reader, now))}
${repositories.length > 0 && whyNoButtons(reader, deeds, packageUrl(source))}
${sameAs(instance, packageUrl(source), toldBy(source, repositories, checks))}`,
    way: way === undefined ? nothing : html`<h2>${labels.way}</h2>${uploadStanding(way)}${uploadFlow(way)}`,
    checks: checks.length === 0 ? nothing : html`<h2>${labels.checks}</h2>${packageChecks(checks)}`,
    lanes: html`${repositories.map(({ repository, stays }) => stays.length > 0 && html`<h2>${labels.lanes} in ${repository}</h2>${packageLanes(source, stays)}`)}`,
  };
  const { where, ...below } = around;
  const room = roomForResults(Object.values(around));
  return {
    where,
    uploads:
      uploads.length === 0 ? nothing : html`<h2>${labels.uploads}</h2>${packageUploads(source, uploads, reader, room)}`,
    ...below,
  };
};

/** What happened has as much room at least, beside what the uploads come to in short. */
const roomForStory = 20_000;
const mostForResults = 8000;
const leastForResults = 1200;

/** Characters of markup for what builds and checks of the last uploads came to, beside these other parts. */
const roomForResults = (others: readonly Html[]): number => {
  const taken = others.reduce((sum, part) => sum + part.toString().length, 0);
  return Math.min(mostForResults, Math.max(leastForResults, roomForParts - roomForStory - taken));
};

/** What stands nowhere and never did, and was not checked, has a history only. */
const toldBy = (source: string, repositories: PackageModel['repositories'], checks: PackageModel['checks']): AskedBy =>
  checks.length > 0 ||
  repositories.some(({ places }) => places.some(({ present, earlier }) => present !== undefined || earlier.length > 0))
    ? { command: 'show', given: { package: source, verbose: 'true' }, positional: ['package'] }
    : { command: 'history', given: { package: source }, positional: ['package'] };

/** Of all parts together, in characters of markup; and so many happenings are shown however long the rest is. */
const roomForParts = 56_000;
const fewest = 3;

/** As many happenings as the rest of the page leaves room for; the next page goes on behind them. */
const withRoom = ({ isFirst, happenings }: PackageModel, others: OtherParts): PackageModel['happenings'] => {
  let room = roomForParts;
  if (isFirst) for (const part of Object.values(others)) room -= part.toString().length;
  const most = happenings.findIndex((each, index) => {
    room -= timeline([each]).toString().length;
    return room < 0 && index >= fewest;
  });
  return most === -1 ? happenings : happenings.slice(0, most);
};

const labels = {
  newer: 'Newer where it came from',
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
