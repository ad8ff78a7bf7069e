import { bytes as inWords } from '../../../../domain/bytes-in-words.ts';
import { liveUrl } from '../../rendered-parts.ts';
import { remedied } from '../home-parts.ts';
import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { liveState } from '../live-state.ts';
import { badge, clipped, row, table, time } from '../parts.ts';
import { fitting } from '../room.ts';
import { lastSeal } from '../seals.ts';
import { framed, objectLink, objectUrl, placeUrl, sectionUrl, standing, titled } from './frame.ts';
import { type AskedOfLists, listed, listPager, listsUrl, narrowed, none } from './lists.ts';
import type { OverviewModel, SectionModel } from './models.ts';

/** Where administration begins: what needs somebody, and how everything does. */
export const overviewPage = (instance: Instance, model: OverviewModel): string => {
  const parts = overviewParts(model);
  return framed(instance, {
    title: 'Administration',
    at: '',
    live: liveUrl(placeUrl('live'), parts),
    body: html`${liveState}
${model.isNew && html`<p class="notice"><strong>Nothing can be uploaded yet: there is no repository.</strong> <a href="${placeUrl('welcome')}">Set one up</a></p>`}
<section class="card"><h2>What needs you</h2><div id="attention">${parts.attention}</div></section>
<section class="card"><h2>Everything that is declared</h2><div id="declared">${parts.declared}</div></section>
<section class="card"><h2>People and machines</h2><div id="others">${parts.others}</div></section>
<p class="small"><a href="${placeUrl('welcome')}">Set up more codenames and repositories, step by step</a></p>
<section class="card"><h2>The log, and what is backed up</h2><div id="seal">${parts.seal}</div></section>`,
  });
};

/** What reads otherwise while one looks. */
export const overviewParts = (
  model: OverviewModel,
): Readonly<Record<'attention' | 'declared' | 'others' | 'seal', Html>> => ({
  attention: attention(model),
  declared: table(
    ['What', 'How many', 'How they do'],
    model.sections.map((each) =>
      row(html`<a href="${sectionUrl(each.section)}">${each.section}</a>`, each.objects.length, summary(each)),
    ),
  ),
  others: table(
    ['What', 'How many', 'How they do'],
    model.others.map(({ section, noun, states }) =>
      row(html`<a href="${sectionUrl(section)}">${noun}</a>`, states.length, counted(states)),
    ),
  ),
  seal: html`${lastSeal(model.sealing)}${backedUp(model)}`,
});

/** Only where it is done by `mini-buildd backup`: of other ways nothing is known. */
const backedUp = ({ lastBackup }: OverviewModel): Html | false => {
  if (lastBackup === undefined) return false;
  const { taken, events, files, bytes, missing } = lastBackup;
  return html`<p>${badge('backed up', missing === 0 ? 'good' : 'warn')} last at ${time(taken)} UTC: ${events} events and ${files} files, ${inWords(bytes)}${missing > 0 && html`, without ${missing} that are damaged: <code>mini-buildd log verify</code> names them`}. <a href="${manual}">How it comes back</a></p>`;
};

const manual = '/mini_buildd/doc/recovery#what-to-back-up-and-how-it-comes-back';

/** Bytes of markup that there is room for. */
const room = 16_000;

const attention = ({ attention, isNew }: OverviewModel): Html => {
  // That there is no repository is said above, once.
  const all = isNew ? attention.filter(({ doneAt }) => doneAt !== placeUrl('welcome')) : attention;
  if (all.length === 0) return html`<p>${badge('fine', 'good')} Nothing does.</p>`;
  const shown = fitting(all.map(needsSomebody), room);
  return html`${shown}${all.length > shown.length && html`<p class="quiet">and ${all.length - shown.length} more, which the lists below lead to</p>`}`;
};

const needsSomebody = ({ fact, remedy, doneAt, at }: OverviewModel['attention'][number]): Html =>
  html`<p class="notice"><strong>${clipped(fact)}</strong> <span>${remedied({ remedy: clipped(remedy), doneAt })}</span>${at !== undefined && html` <a href="${placeUrl(at.map(encodeURIComponent).join('/'))}">look</a>`}</p>`;

/** So many of a section are named in one state. */
const mostNamed = 8;

/** What is not as it should be by name, the rest by number. */
const summary = ({ section, objects }: SectionModel): Html => {
  const states = Map.groupBy(objects, ({ standing: { state, look } }) => `${look} ${state}`);
  return html`${[...states.values()].map((of) => {
    const [first] = of;
    if (first === undefined) return '';
    const { state, look } = first.standing;
    return look === 'good' || look === 'idle'
      ? html`${badge(`${of.length} ${state}`, look)} `
      : html`${of.slice(0, mostNamed).map(({ name }) => html`<a href="${objectUrl(section, name)}">${badge(`${name}: ${state}`, look)}</a> `)}${of.length > mostNamed && html`<a href="${listsUrl(sectionUrl(section), { name: state, pages: {} })}">and ${of.length - mostNamed} more</a> `}`;
  })}`;
};

/** By number alone. */
const counted = (states: OverviewModel['others'][number]['states']): Html =>
  html`${[...Map.groupBy(states, ({ look, state }) => `${look} ${state}`).values()].map((of) => of[0] && html`${badge(`${of.length} ${of[0].state}`, of[0].look)} `)}`;

/** All objects of a section. */
export const sectionPage = (instance: Instance, model: SectionModel, asked: AskedOfLists): string => {
  const { section, noun } = model;
  const parts = sectionParts(model, asked);
  return framed(instance, {
    title: titled(section),
    at: section,
    lists: asked,
    live: liveUrl(listsUrl(placeUrl(`${section}/live`), asked), parts),
    body: html`<p class="quiet">${saysOf[section]}</p>
${liveState}
<section class="card">${narrowed(sectionUrl(section), asked, 'Name, state or reason')}
<div id="objects">${parts.objects}</div>
${section !== 'instance' && html`<p><a href="${placeUrl(`add/${section}`)}">Add a ${noun}</a></p>`}</section>`,
  });
};

/** Objects of one page. */
const objectsOfPage = 40;

/** What reads otherwise while one looks. */
export const sectionParts = (
  { section, objects }: SectionModel,
  asked: AskedOfLists,
): Readonly<Record<'objects', Html>> => {
  const list = listed(asked, 'objects', objects, objectsOfPage);
  if (list.found === 0) return { objects: none(asked, 'There is none.') };
  return {
    objects: html`${list.pages > 1 && html`<p class="quiet">${list.found} found</p>`}${table(
      ['Name', 'State and reason'],
      list.items.map(({ name, standing: stands }) =>
        row(html`<b>${objectLink(section, name)}</b>`, standing({ ...stands, reason: clipped(stands.reason) })),
      ),
    )}${listPager(sectionUrl(section), asked, 'objects', list)}`,
  };
};

const saysOf: Readonly<Record<string, string>> = {
  instance: 'Who this instance is, and whom it tells.',
  sources: 'Archives that chroots are made of and builds draw from, each with one suite.',
  layouts: 'Which suites a repository has, how packages go from one to the next, and what their versions carry.',
  distributions:
    'What is built for: a codename, the sources it is built upon, its architectures, and how packages are built and checked.',
  repositories: 'What people upload to and apt reads: a layout of suites for some codenames.',
  retention:
    'For how long repositories keep the files of versions that stand nowhere any more. What is not listed keeps everything.',
  chroots: 'What builds are made in: one for each codename and architecture.',
};
