import { assetUrl } from '../../assets.ts';
import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import type { AskedBy } from '../same-as.ts';
import { applied, declared } from './asked-by.ts';
import { documentOutcome, documentText } from './document-page.ts';
import { formFields } from './form-fields.ts';
import { showing } from './form-page.ts';
import { framed, placeUrl } from './frame.ts';
import type { DocumentModel } from './models.ts';
import { type Outcome, outcomeCard } from './outcome.ts';
import type { Questions } from './welcome-model.ts';

/** The wizard: what is asked, and what the answers come to as far as they were looked at; `suggested`: what they would come to as they stand. */
export const questionsPage = (
  instance: Instance,
  model: Questions,
  document: DocumentModel | undefined,
  token: Html | undefined,
  suggested: Pick<DocumentModel, 'proposal'> | undefined = document,
): string =>
  framed(instance, {
    title: 'Set up a repository',
    at: 'welcome',
    asked: setsUp(suggested),
    body: html`<p>Three steps: say what it is for, look at what that declares, and watch it come to be. Nothing is changed before you agreed to it.</p>
${steps(1)}
${model.hostFault !== undefined && html`<p class="notice"><strong>Mirrors could not be taken from the apt of this machine: ${model.hostFault}</strong> <span>Name them below.</span></p>`}
<form method="post" class="declare" action="${placeUrl('welcome')}" data-declare="${placeUrl('check/welcome')}" data-draft="welcome">${token}
<section class="card"><h2>What it is for</h2>
${formFields(model)}</section>
${outcomeCard(instance, answersOutcome(model, document), { title: 'What that declares', buttons: ways })}</form>
<script src="${assetUrl('declare.js')}" defer></script>`,
  });

/** What the answers come to; before they do, the repositories that there are. */
const setsUp = (document: Pick<DocumentModel, 'proposal'> | undefined): AskedBy =>
  document?.proposal === undefined ? declared('repositories') : applied(document.proposal);

const ways = html`<button>Look at what that declares</button> <button name="_step" value="check" class="second">Check the answers</button>`;

/** What is agreed to is the document, which may be edited before. */
export const answersOutcome = ({ faults }: Questions, document: DocumentModel | undefined): Outcome => ({
  faults: [...faults, ...(document === undefined ? [] : documentOutcome(document).faults)],
  proposal: document?.proposal,
  mayBeApplied: false,
});

export const steps = (at: 1 | 2 | 3): Html =>
  html`<ol class="steps">${['What it is for', 'What that declares', 'How it comes to be'].map((step, index) => html`<li${index + 1 === at && html` aria-current="step"`}>${step}</li>`)}</ol>`;

/** What was answered, as the document it amounts to: it may be edited before it is applied. */
export const reviewPage = (
  instance: Instance,
  model: DocumentModel,
  repository: string,
  token: Html | undefined,
): string => {
  const { text, shown, faults, proposal } = model;
  return framed(instance, {
    title: 'Set up a repository',
    at: 'welcome',
    asked: setsUp(model),
    body: html`${steps(2)}
<form method="post" class="document" action="${placeUrl('welcome/apply')}" data-declare="${placeUrl('check/configuration')}" data-draft="review"><input type="hidden" name="_shown" value="${shown}"><input type="hidden" name="_repository" value="${repository}">${token}
${outcomeCard(instance, documentOutcome(model), { title: 'What that changes', buttons: showing(proposal) })}
${proposal?.isNothing === true && html`<p><a href="${progressUrl(repository)}">See how repository ${repository} does</a></p>`}
<details class="card"${faults.length > 0 && html` open`}><summary>The document, to keep or to edit</summary><label class="visually-hidden" for="text">Document</label>
${documentText(text)}</details></form>
<p class="quiet"><a href="${placeUrl('welcome')}">Begin anew</a></p>
<script src="${assetUrl('declare.js')}" defer></script>`,
  });
};

export const progressUrl = (repository: string): string =>
  `${placeUrl('welcome/progress')}?repository=${encodeURIComponent(repository)}`;
