import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { formFields } from './form-fields.ts';
import { agreeing, difference, generalFaults, refusals } from './form-page.ts';
import { framed, placeUrl } from './frame.ts';
import type { DocumentModel } from './models.ts';
import type { Questions } from './welcome-model.ts';

/** The wizard: what is asked. */
export const questionsPage = (instance: Instance, model: Questions, token: Html | undefined): string =>
  framed(instance, {
    title: 'Set up a repository',
    at: 'welcome',
    body: html`<p>Three steps: say what it is for, look at what that declares, and watch it come to be. Nothing is changed before you agreed to it.</p>
${steps(1)}
${model.hostFault !== undefined && html`<p class="notice"><strong>Mirrors could not be taken from the apt of this machine: ${model.hostFault}</strong> <span>Name them below.</span></p>`}
<div id="faults">${generalFaults(model.faults)}</div>
<form method="post" class="declare" action="${placeUrl('welcome')}">${token}
<section class="card"><h2>What it is for</h2>
${formFields(model)}
<p><button>Look at what that declares</button></p></section></form>`,
  });

export const steps = (at: 1 | 2 | 3): Html =>
  html`<ol class="steps">${['What it is for', 'What that declares', 'How it comes to be'].map((step, index) => html`<li${index + 1 === at && html` aria-current="step"`}>${step}</li>`)}</ol>`;

/** What was answered, as the document it amounts to: it may be edited before it is applied. */
export const reviewPage = (
  instance: Instance,
  { text, shown, faults, proposal, isChanged }: DocumentModel,
  repository: string,
  token: Html | undefined,
): string =>
  framed(instance, {
    title: 'Set up a repository',
    at: 'welcome',
    body: html`${steps(2)}
${isChanged && html`<p class="notice" role="alert"><strong>Somebody changed the configuration meanwhile, and nothing was applied.</strong> <span>The difference below is to what it is now.</span></p>`}
${refusals(faults)}
<form method="post" class="document" action="${placeUrl('welcome/apply')}"><input type="hidden" name="_shown" value="${shown}"><input type="hidden" name="_repository" value="${repository}">${token}
<section class="card"><h2>What that changes</h2>${difference(proposal)}${agreeing(proposal)}</section>
<details class="card"${faults.length > 0 && html` open`}><summary>The document, to keep or to edit</summary><label class="visually-hidden" for="text">Document</label>
<textarea id="text" name="text" rows="30" cols="100" spellcheck="false" autocapitalize="none" required>
${text}</textarea><p><button name="_step" value="show" class="second">Show what that changes</button></p></details></form>
<p class="quiet"><a href="${placeUrl('welcome')}">Begin anew</a></p>`,
  });
