import { chapterOfPlace } from '../../command-chapters.ts';
import { commandUrl } from '../command-index-page.ts';
import { type Content, type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { page } from '../page.ts';
import { badge, type Row, time } from '../parts.ts';
import { type AskedBy, sameAs } from '../same-as.ts';
import type { Standing } from '../standing.ts';
import { askedBy, narrowedTo } from './asked-by.ts';
import { type AskedOfLists, listsUrl } from './lists.ts';
import type { Dependent } from './models.ts';

const root = '/mini_buildd/administration';

/** Pages of administration, in the order in which one builds upon another. */
const places: readonly (readonly [string, string])[] = [
  ['Overview', ''],
  ['Instance', 'instance/instance'],
  ['Sources', 'sources'],
  ['Layouts', 'layouts'],
  ['Distributions', 'distributions'],
  ['Repositories', 'repositories'],
  ['Retention', 'retention'],
  ['Chroots', 'chroots'],
  ['Builders', 'builders'],
  ['Accounts', 'accounts'],
  ['Uploaders', 'uploaders'],
  ['Notifications', 'notifications'],
  ['Whole configuration', 'configuration'],
];

export type AdministrationReader = 'admin' | 'staff';

const placesOfStaff: typeof places = places.filter(([, place]) => place === 'uploaders');

/** A page of administration; `at` is the place in it that this belongs to. */
export const framed = (
  instance: Instance,
  {
    title,
    at,
    body,
    live,
    place = at,
    lists,
    asked = narrowedTo(askedBy(at, place), lists?.name ?? ''),
    reader = 'admin',
  }: {
    readonly title: string;
    readonly at: string;
    readonly body: Content;
    readonly live?: string;
    /** Where this page is, when it is not `at` itself. */
    readonly place?: string;
    /** What of its lists is asked for. */
    readonly lists?: AskedOfLists;
    /** The command that says the same, where the place alone does not tell. */
    readonly asked?: AskedBy;
    /** Of staff only the places that they may see. */
    readonly reader?: AdministrationReader;
  },
): string =>
  page({
    title: `${title} – ${instance.name}`,
    instance,
    ...(live === undefined ? {} : { live }),
    body: html`<nav class="pages places" aria-label="Administration">${(reader === 'admin' ? places : placesOfStaff).map(([name, place]) => html`<a href="${placeUrl(place)}"${place.split('/')[0] === at && html` aria-current="page"`}>${name}</a> `)}</nav>
<h1>${title}</h1>
${inTheManual(at)}
${body}
${sameAs(instance, lists === undefined ? placeUrl(place) : listsUrl(placeUrl(place), lists), asked)}`,
  });

const inTheManual = (place: string): Html | undefined => {
  const found = chapterOfPlace(place);
  return found && html`<p class="quiet small">In the manual: <a href="${found.url}">${found.heading}</a></p>`;
};

export const placeUrl = (place: string): string => (place === '' ? root : `${root}/${place}`);

export const sectionUrl = (section: string): string => placeUrl(section);

export const objectUrl = (section: string, name: string, what = ''): string =>
  `${root}/${section}/${encodeURIComponent(name)}${what === '' ? '' : `/${what}`}`;

export const objectLink = (section: string, name: string): Html =>
  html`<a href="${objectUrl(section, name)}">${name}</a>`;

/** To the form of a command, filled in. */
export const commandLink = (name: string, given: Readonly<Record<string, string>>, says: string): Html =>
  html`<a href="${commandUrl(name, given)}">${says}</a>`;

/** What is known of one thing, each with its name; what is not known is left out. */
export const facts = (rows: readonly Row[]): Html =>
  html`<dl class="facts">${rows.map(([name, ...is]) => {
    const said = html`${is}`;
    return said.toString() !== '' && html`<dt>${name}</dt><dd>${said}</dd>`;
  })}</dl>`;

/** A word at the beginning of a title. */
export const titled = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export const standing = ({ state, look, reason, since }: Standing): Html =>
  html`${badge(state, look)} <span>${reason}</span>${since !== undefined && html` <span class="quiet">since ${time(since)} UTC</span>`}`;

export const dependents = (all: readonly Dependent[]): Html =>
  html`<ul>${all.slice(0, mostDependents).map(({ section, name, because }) => html`<li>${objectLink(section, name)} ${because}</li>`)}${all.length > mostDependents && html`<li>and ${all.length - mostDependents} more</li>`}</ul>`;

const mostDependents = 40;
