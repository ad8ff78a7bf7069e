import { assetUrl } from '../../assets.ts';
import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { formFields } from './form-fields.ts';
import { framed, objectUrl, placeUrl, sectionUrl } from './frame.ts';
import { changedObject } from './meanwhile.ts';
import type { FormModel, Proposal } from './models.ts';
import { type Outcome, outcomeCard } from './outcome.ts';

/** Adds or changes an object. `token` is what our forms carry. Enter presses the first button of a form: that is one which only shows. */
export const formPage = (instance: Instance, model: FormModel, token: Html | undefined): string => {
  const { section, noun, name, isNew, shown } = model;
  return framed(instance, {
    title: isNew ? `Add a ${noun}` : `Change ${section === 'instance' ? 'the instance' : `${noun} ${name}`}`,
    at: section,
    place: isNew ? `add/${section}` : `${section}/${encodeURIComponent(name)}/edit`,
    body: html`<form method="post" class="declare" action="${urlOf(model)}" data-declare="${placeUrl(`check/${section}`)}" data-draft="${section}">
<button class="visually-hidden" tabindex="-1" aria-hidden="true">Show</button><input type="hidden" name="_shown" value="${shown}"><input type="hidden" name="_new" value="${String(isNew)}">${model.opened !== undefined && html`<input type="hidden" name="_open" value="${model.opened}">`}${token}
<section class="card"><h2>What it shall be</h2>
${isNew ? nameField(model) : html`<input type="hidden" name="_name" value="${name}">`}
${formFields(model)}</section>
${outcomeCard(instance, formOutcome(model), { title: 'What that changes', buttons: showing(model.proposal) })}</form>
<p class="quiet"><a href="${isNew ? sectionUrl(section) : objectUrl(section, name)}">Leave it</a></p>
<script src="${assetUrl('declare.js')}" defer></script>`,
  });
};

const urlOf = ({ section, name, isNew }: FormModel): string =>
  isNew ? placeUrl(`add/${section}`) : objectUrl(section, name, 'edit');

const nameField = ({ name, known, faults }: FormModel): Html => {
  const words = known.name ?? [];
  const wrong = faults.filter(({ field }) => field === '_name');
  return html`<p class="field"><label for="_name">name</label><input id="_name" name="_name" value="${name}" aria-describedby="_name-about _name-fault" required maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false"${words.length > 0 && html` list="names"`}><span><span class="quiet small" id="_name-about">What it is called from now on.</span><span class="fault" id="_name-fault" data-fault="_name" aria-live="polite">${wrong.map(({ because: { fact, remedy } }) => html`${fact}: ${remedy} `)}</span></span></p>
${words.length > 0 && html`<datalist id="names">${words.map((word) => html`<option value="${word}">`)}</datalist>`}`;
};

export const formOutcome = (model: FormModel): Outcome => ({
  faults: model.faults,
  proposal: model.proposal,
  meanwhile: changedObject(model),
  mayBeApplied: true,
});

/** Without scripts nothing is told before it is asked for. */
export const showing = (proposal: Proposal | undefined): Html =>
  html`<button name="_step" value="show"${proposal !== undefined && !proposal.isNothing && html` class="second"`}>Show what that changes</button>`;
