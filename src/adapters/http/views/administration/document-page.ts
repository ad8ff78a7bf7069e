import { assetUrl } from '../../assets.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { showing } from './form-page.ts';
import { framed, placeUrl } from './frame.ts';
import { changedDocument } from './meanwhile.ts';
import type { DocumentModel } from './models.ts';
import { type Outcome, outcomeCard, withoutPlace } from './outcome.ts';

/** Characters that a page begins with: a longer one is fetched by the script, or downloaded. */
const mostText = 30_000;

/** The whole configuration as it is. */
export const openedDocumentPage = (instance: Instance, model: DocumentModel, token: Html | undefined): string =>
  model.text.length <= mostText
    ? documentPage(instance, model, token)
    : framedDocument(instance, model, token, textToBeFetched(model.text));

/** What was typed of it, as one text. */
export const documentPage = (instance: Instance, model: DocumentModel, token: Html | undefined): string =>
  framedDocument(instance, model, token, documentText(model.text));

/** The text is what is exported, below a line of its own. */
const textToBeFetched = (text: string): Html =>
  html`<p class="notice" role="status" data-once-fetched><strong>It has ${text.split('\n').length} lines, too many for a page.</strong> <span>Without scripts: download it, change it, and put it in here.</span></p>
<textarea id="text" name="text" rows="30" cols="100" spellcheck="false" autocapitalize="none" required aria-describedby="summary" data-text-from="${placeUrl('configuration.yaml')}" data-text-before="${text.slice(0, text.indexOf('\n'))}"></textarea>`;

const framedDocument = (instance: Instance, model: DocumentModel, token: Html | undefined, text: Html): string =>
  framed(instance, {
    title: 'Whole configuration',
    at: 'configuration',
    body: html`<p class="quiet">Everything that is declared, as <code>mini-buildd export</code> writes it and <code>mini-buildd apply</code> takes it. With <code>complete: true</code> what is not named is removed; without, it stays. <a href="${placeUrl('configuration.yaml')}" download>Download it</a></p>
<form method="post" class="document" action="${placeUrl('configuration')}" data-declare="${placeUrl('check/configuration')}" data-draft="configuration"><input type="hidden" name="_shown" value="${model.shown}">${token}
<section class="card"><label for="text">Document</label>
${text}</section>
${outcomeCard(instance, documentOutcome(model), { title: 'What that changes', buttons: showing(model.proposal) })}</form>
<script src="${assetUrl('declare.js')}" defer></script>`,
  });

/** A line break after the tag is no part of the text. */
export const documentText = (text: string): Html =>
  html`<textarea id="text" name="text" rows="30" cols="100" spellcheck="false" autocapitalize="none" required aria-describedby="summary">
${text}</textarea>`;

export const documentOutcome = (model: DocumentModel): Outcome => ({
  faults: withoutPlace(model.faults),
  proposal: model.proposal,
  meanwhile: changedDocument(model),
  mayBeApplied: true,
});
