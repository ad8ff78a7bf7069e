import type { Instant } from '../../../domain/codec.ts';
import { architectureOfBuild } from '../../../domain/ids.ts';
import type { Happening } from './happening.ts';
import { type Html, html } from './html.ts';
import { buildUrl, clipped, type Look, packageLink, shapes, time, version, versionUrl } from './parts.ts';

/** Events as a line with marks, newest first; each leads to its own page, to its cause, and to all that the same began. */
export const timeline = (happenings: readonly Happening[]): Html => listed(happenings, () => undefined);

/** So many are in view, and fewer are not folded away. */
const mostInView = 6;
const fewestFolded = 3;

/** The last of them in view, those before folded away. */
export const foldedTimeline = (happenings: readonly Happening[]): Html => {
  const rest = happenings.slice(mostInView);
  if (rest.length < fewestFolded) return timeline(happenings);
  return html`${timeline(happenings.slice(0, mostInView))}<details class="earlier"><summary>${rest.length} before these</summary>${timeline(rest)}</details>`;
};

/** The same where they are about many packages: each says about which. */
export const timelineOfMany = (happenings: readonly Happening[]): Html => listed(happenings, (each) => each.package);

/** Of an object that duties look after: what they did again and again before one of these, as a count. */
export type Again = {
  readonly since: Instant;
  readonly counts: readonly { readonly type: string; readonly count: number }[];
  /** Whether there were more before. */
  readonly isCut: boolean;
};

/** The same with what was folded away behind each. */
export const timelineInRuns = (happenings: readonly (Happening & { readonly again?: Again | undefined })[]): Html =>
  html`<ol class="timeline">${happenings.map(
    (each, index) =>
      html`${entry(each, undefined, dayOf(each) !== dayOf(happenings[index - 1]))}${each.again && folded(each.again, each.stream)}`,
  )}</ol>`;

const folded = ({ since, counts, isCut }: Again, stream: string): Html =>
  html`<li class="idle"><span class="mark" aria-hidden="true">${shapes.idle}</span>
<p class="quiet">and before it, since ${time(since)}: ${counts.map(({ type, count }) => `${count} × ${spoken(type)}`).join(', ')}${isCut && ', and more'} · <a href="/mini_buildd/history?stream=${encodeURIComponent(stream)}">one by one</a></p></li>
`;

/** The order of a chain and what took long in it are told by seconds; a day is named by the first of its events. */
const listed = (happenings: readonly Happening[], sourceOf: (each: Happening) => string | undefined): Html =>
  html`<ol class="timeline">${happenings.map((each, index) =>
    entry(each, sourceOf(each), dayOf(each) !== dayOf(happenings[index - 1])),
  )}</ol>`;

const dayOf = (happening: Happening | undefined): string | undefined => happening?.at.slice(0, 10);

/** Characters of what an event says; its own page says all of it. */
const mostSaid = 200;

const entry = (each: Happening, source: string | undefined, isNewDay: boolean): Html => {
  const look = lookOf(each.type);
  return html`<li id="${each.id}" class="${look}"><span class="mark" aria-hidden="true">${shapes[look]}</span>
<p>${clock(each.at, isNewDay)} <strong><a class="plain" href="${eventUrl(each)}">${spoken(each.type)}</a></strong> ${source !== undefined && packageLink(source)} ${versionOf(each)} <span class="quiet">${each.distribution}</span></p>
${each.says !== undefined && html`<p>${clipped(each.says, mostSaid)}</p>`}
<p class="quiet small">by ${doneBy(each)}${each.build !== undefined && html` · ${buildLink(each.build)}`} · ${each.causedBy !== undefined && html`<a href="${eventUrl({ ...each, id: each.causedBy })}">its cause</a> · `}<a href="${chainUrl(each)}#${each.id}">all of the same chain</a></p></li>
`;
};

/** To the second, in UTC. */
const clock = (at: Happening['at'], isNewDay: boolean): Html =>
  html`<time datetime="${at}"${!isNewDay && html` title="${at.slice(0, 10)}"`}>${isNewDay && html`<b>${at.slice(0, 10)}</b> `}${at.slice(11, 19)}</time>`;

/** An event's own page. Its chain goes with it: there it is found. */
export const eventUrl = ({ id, correlation }: Pick<Happening, 'id' | 'correlation'>): string =>
  `/mini_buildd/history/${id}?chain=${encodeURIComponent(correlation)}`;

/** Everything that one upload or command began: causes and consequences. */
export const chainUrl = ({ correlation }: Pick<Happening, 'correlation'>): string =>
  `/mini_buildd/history?correlation=${encodeURIComponent(correlation)}`;

/** `PackageInstalled` reads as `package installed`. */
export const spoken = (type: string): string => type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

const versionOf = ({ repository, package: source, version: text }: Happening): Html | undefined => {
  if (text === undefined) return undefined;
  return repository === undefined || source === undefined
    ? version(text)
    : html`<a href="${versionUrl(repository, source, text)}">${version(text)}</a>`;
};

const buildLink = (build: string): Html => html`<a href="${buildUrl(build)}">build ${architectureOfBuild(build)}</a>`;

/** Nobody's name where the viewer is not to see it. */
export const doneBy = ({ actor: { kind, name }, doer }: Happening): Html => {
  if (name === '') return html`somebody (${kind})`;
  const recorded = `${kind} ${name}`;
  if (doer === undefined) return html`${recorded}`;
  const { login } = doer;
  return html`${doerLink(doer, name, login ?? recorded)}${login !== undefined && kind === 'key' && html` (${recorded})`}`;
};

/** A person, with the way to their account, or to what they did for who may not open that. `recorded` is what the log calls them. */
export const doerLink = (
  { login, account }: NonNullable<Happening['doer']>,
  recorded: string,
  says = recorded,
): Html => {
  const url = account === undefined ? doneUrl(login ?? recorded) : `/mini_buildd/administration/accounts/${account}`;
  return html`<a href="${url}">${says}</a>`;
};

/** Everything that somebody did. */
export const doneUrl = (who: string): string => `/mini_buildd/history?actor=${encodeURIComponent(who)}`;

/** By what the event says happened: its last word. */
export const lookOf = (type: string): Look => {
  const word = /[A-Z][a-z]+$/.exec(type)?.[0] ?? '';
  return looks[word] ?? 'idle';
};

const looks: Readonly<Record<string, Look>> = {
  Accepted: 'good',
  Succeeded: 'good',
  Adopted: 'good',
  Installed: 'good',
  Migrated: 'good',
  Restored: 'good',
  Added: 'good',
  Passed: 'good',
  Rejected: 'bad',
  Failed: 'bad',
  Refused: 'bad',
  Started: 'busy',
  Assigned: 'busy',
  Received: 'busy',
  Removed: 'warn',
  Interrupted: 'warn',
  Back: 'warn',
  Cancelled: 'warn',
  Waited: 'warn',
  Released: 'warn',
  Abandoned: 'warn',
};
