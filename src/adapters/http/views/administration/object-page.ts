import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { empty } from '../parts.ts';
import { timeline } from '../timeline.ts';
import { dependents, framed, objectUrl, placeUrl, standing, titled } from './frame.ts';
import type { ObjectModel } from './models.ts';

/** One object. */
export const objectPage = (instance: Instance, model: ObjectModel): string => {
  const { section, noun, name, dependents: all, document, happenings } = model;
  return framed(instance, {
    title: section === 'instance' ? 'Instance' : `${titled(noun)} ${name}`,
    at: section,
    body: html`<section class="card"><h2>How it does</h2><p>${model.isThere ? standing(model.standing) : 'It is not there any more.'}</p>
${actions(model)}</section>
${document !== undefined && html`<section class="card"><h2>What is declared</h2><pre class="answer" tabindex="0">${document}</pre></section>`}
${section !== 'instance' && html`<section class="card"><h2>What builds upon it</h2>${all.length === 0 ? empty('Nothing.') : dependents(all)}</section>`}
<section class="card"><h2>What happened to it</h2>${happenings.length === 0 ? empty('Nothing that you may see.') : timeline(happenings)}</section>`,
  });
};

const actions = ({ section, name, isThere, canBeRemoved }: ObjectModel): Html =>
  isThere
    ? html`<p><a href="${objectUrl(section, name, 'edit')}">Change</a>${canBeRemoved && html` · <a href="${objectUrl(section, name, 'remove')}">Remove …</a> · <a href="${placeUrl(`add/${section}`)}?like=${encodeURIComponent(name)}">Add another like it</a>`}</p>`
    : html`<p><a href="${placeUrl(`add/${section}`)}">Add it again</a></p>`;
