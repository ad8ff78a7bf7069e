import type { Refusal } from '../../../../domain/refusal.ts';
import { assetUrl } from '../../assets.ts';
import { ending } from '../ending.ts';
import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { empty, time } from '../parts.ts';
import { formFields } from './form-fields.ts';
import { framed, objectUrl, placeUrl, sectionUrl } from './frame.ts';
import type { FormModel, PlacedFault, Proposal } from './models.ts';

/** Adds or changes an object. `token` is what our forms carry. */
export const formPage = (instance: Instance, model: FormModel, token: Html | undefined): string => {
  const { section, noun, name, isNew, shown } = model;
  return framed(instance, {
    title: isNew ? `Add a ${noun}` : `Change ${section === 'instance' ? 'the instance' : `${noun} ${name}`}`,
    at: section,
    body: html`${changedMeanwhile(model)}<div id="faults" aria-live="polite">${generalFaults(model.faults)}</div>
<form method="post" class="declare" action="${urlOf(model)}" data-declare="${placeUrl(`check/${section}`)}">
<input type="hidden" name="_shown" value="${shown}"><input type="hidden" name="_new" value="${String(isNew)}">${token}
<section class="card"><h2>What it shall be</h2>
${isNew ? nameField(model) : html`<input type="hidden" name="_name" value="${name}">`}
${formFields(model)}</section>
<section class="card" aria-live="polite"><h2>What that changes</h2><div id="difference">${difference(model.proposal)}</div>
${agreement(model)}</section></form>
<p class="quiet"><a href="${isNew ? sectionUrl(section) : objectUrl(section, name)}">Leave it</a></p>
<script src="${assetUrl('declare.js')}" defer></script>`,
  });
};

const urlOf = ({ section, name, isNew }: FormModel): string =>
  isNew ? placeUrl(`add/${section}`) : objectUrl(section, name, 'edit');

const nameField = ({ name, known }: FormModel): Html => {
  const words = known.name ?? [];
  return html`<p class="field"><label for="_name">name</label><input id="_name" name="_name" value="${name}" required maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false"${words.length > 0 && html` list="names"`}><span class="quiet small">What it is called from now on.</span></p>
${words.length > 0 && html`<datalist id="names">${words.map((word) => html`<option value="${word}">`)}</datalist>`}`;
};

/** Both versions are shown, and nothing is overwritten before its sender saw them. */
const changedMeanwhile = ({ meanwhile, section, name }: FormModel): Html | undefined =>
  meanwhile &&
  html`<section class="card" role="alert"><p class="notice"><strong>${meanwhile.by} changed it at ${time(meanwhile.at)} UTC, since you opened this form, and nothing of yours was applied.</strong> <span>This is what they did:</span></p>
<pre class="answer" tabindex="0">${meanwhile.words}</pre>
<p>What you want is still in the form, and the difference below is to what they made of it: apply it to overrule them, or <a href="${objectUrl(section, name, 'edit')}">begin with theirs</a>.</p></section>`;

export const generalFaults = (faults: readonly PlacedFault[]): Html => {
  const general = faults.filter(({ field }) => field === undefined);
  const fields = [...new Set(faults.flatMap(({ field }) => field ?? []))];
  return html`${refusals(general.map(({ because }) => because))}${fields.length > 0 && html`<p class="notice"><strong>Nothing can be applied yet.</strong> <span>Look at ${fields.map((field, index) => html`${index > 0 && ', '}<a href="#${field}-fault">${field}</a>`)}.</span></p>`}`;
};

export const refusals = (faults: readonly Refusal[]): Html =>
  html`${faults.map(({ fact, remedy }) => html`<p class="notice" role="alert"><strong>${fact}</strong> <span>${remedy}</span></p>`)}`;

/** What a form comes to, in the words of `mini-buildd apply --dry-run`. */
export const difference = (proposal: Proposal | undefined): Html => {
  if (proposal === undefined) return empty('Nothing yet.');
  if (proposal.isNothing) return empty('Nothing: it is so already.');
  return html`<pre class="answer difference" tabindex="0">${proposal.words}</pre>${proposal.ends && ending(proposal.ends)}
<details class="same"><summary>The same elsewhere</summary><p class="small">As a document for <code>mini-buildd apply</code>:</p><pre class="answer" tabindex="0" data-copy>${proposal.document}</pre></details>`;
};

const agreement = ({ proposal }: FormModel): Html =>
  html`${agreeing(proposal)}<p><button name="_step" value="show"${proposal !== undefined && !proposal.isNothing && html` class="second"`}>Show what that changes</button></p>`;

/** The way on, once it is known where it leads. */
export const agreeing = (proposal: Proposal | undefined): Html | undefined =>
  proposal === undefined || proposal.isNothing
    ? undefined
    : html`<input type="hidden" name="_agreed" value="${proposal.digest}">${
        proposal.taken.length > 0 &&
        html`<p class="notice"><label class="box"><input type="checkbox" name="_force" value="true"> That is meant so: ${proposal.taken.join('; ')}.</label></p>`
      }<p><button name="_step" value="apply">Apply this</button></p>`;
