import { liveUrl } from '../../rendered-parts.ts';
import { ending } from '../ending.ts';
import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { liveState } from '../live-state.ts';
import { empty } from '../parts.ts';
import { timelineInRuns } from '../timeline.ts';
import { archiveKeys } from './archive-keys.ts';
import { commandLink, dependents, framed, objectUrl, placeUrl, standing, titled } from './frame.ts';
import type { ObjectModel, Preparation } from './models.ts';
import { outlook } from './outlook.ts';
import { printedLines } from './printed-lines.ts';

/** One object. */
export const objectPage = (instance: Instance, model: ObjectModel): string => {
  const { section, noun, name, dependents: all, document } = model;
  const parts = objectParts(model);
  return framed(instance, {
    title: section === 'instance' ? 'Instance' : `${titled(noun)} ${name}`,
    at: section,
    place: `${section}/${encodeURIComponent(name)}`,
    live: liveUrl(objectUrl(section, name, 'live'), parts),
    body: html`${liveState}
<section class="card"><h2>How it does</h2><div id="standing" aria-live="polite">${parts.standing}</div>
${actions(model)}</section>
${section === 'chroots' && html`<section class="card" id="preparation">${parts.preparation}</section>`}
${model.archiveKeys !== undefined && archiveKeys(model.archiveKeys)}
${model.outlook !== undefined && html`<section class="card">${outlook(name, model.outlook)}</section>`}
${document !== undefined && html`<section class="card"><h2>What is declared</h2><pre class="answer" tabindex="0" data-copy>${document}</pre></section>`}
${model.ends !== undefined && html`<section class="card"><h2>If it were gone</h2>${ending(model.ends, all.length === 0 ? undefined : dependents(all))}</section>`}
${model.ends === undefined && all.length > 0 && html`<section class="card"><h2>What depends on it</h2>${dependents(all)}<p class="quiet">It cannot be removed.</p></section>`}
<section class="card" id="history">${parts.history}</section>`,
  });
};

/** What is refreshed while one looks. */
export const objectParts = (model: ObjectModel): Readonly<Record<'standing' | 'preparation' | 'history', Html>> => ({
  standing: html`<p>${model.isThere ? html`${standing(model.standing)}${engineDeed(model)}` : 'It is not there any more.'}</p>`,
  preparation: preparation(model),
  history: html`<h2>What happened to it</h2>${model.happenings.length === 0 ? empty('Nothing that you may see.') : timelineInRuns(model.happenings)}`,
});

const actions = ({ section, name, isThere, canBeRemoved }: ObjectModel): Html =>
  isThere
    ? html`<p><a href="${objectUrl(section, name, 'edit')}">Change</a>${deeds(section, name).map((deed) => html` · ${deed}`)}${canBeRemoved && html` · <a href="${objectUrl(section, name, 'remove')}">Remove …</a> · <a href="${placeUrl(`add/${section}`)}?like=${encodeURIComponent(name)}">Add another like it</a>`}</p>`
    : html`<p><a href="${placeUrl(`add/${section}`)}">Add it again</a></p>`;

/** What is done with it beside declaring it otherwise: each shows what it comes to before it is done. */
const deeds = (section: string, name: string): readonly Html[] => {
  switch (section) {
    case 'chroots':
      return [commandLink('chroot', { action: 'refresh', name }, 'Make it anew …')];
    case 'sources':
      return [
        commandLink('source', { action: 'check', name }, 'Check it now …'),
        commandLink('start', { 'force-check': 'true' }, 'Look at all sources now, and make chroots anew …'),
      ];
    default:
      return [];
  }
};

const engineDeed = ({ section, standing: { state } }: ObjectModel): Html | undefined => {
  if (section !== 'instance') return undefined;
  return state === 'running'
    ? html` · ${commandLink('stop', {}, 'Stop the engine …')}`
    : html` · ${commandLink('start', {}, 'Start the engine …')}`;
};

/** The end of what was printed tells most. */
const shownLines = 40;

const preparation = ({ section, name, preparation: printed }: ObjectModel): Html =>
  html`<h2>What its preparation ${printed?.isUnderWay === true ? 'prints' : 'printed'}</h2>${
    printed === undefined ? empty('Nothing is kept.') : end(printed, objectUrl(section, name, 'log'))
  }`;

const end = ({ lines }: Preparation, whole: string): Html =>
  html`${printedLines(lines.slice(-shownLines))}
<p class="small"><a href="${whole}">All ${lines.length} lines</a></p>`;
