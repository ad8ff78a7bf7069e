import { assetUrl } from '../../assets.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { showing } from './form-page.ts';
import { framed, placeUrl } from './frame.ts';
import { changedDocument } from './meanwhile.ts';
import type { DocumentModel } from './models.ts';
import { type Outcome, outcomeCard, withoutPlace } from './outcome.ts';

/** The whole configuration as one text. */
export const documentPage = (instance: Instance, model: DocumentModel, token: Html | undefined): string =>
  framed(instance, {
    title: 'Whole configuration',
    at: 'configuration',
    body: html`<p class="quiet">Everything that is declared, as <code>mini-buildd export</code> writes it and <code>mini-buildd apply</code> takes it. With <code>complete: true</code> what is not named is removed; without, it stays. <a href="${placeUrl('configuration.yaml')}" download>Download it</a></p>
<form method="post" class="document" action="${placeUrl('configuration')}" data-declare="${placeUrl('check/configuration')}"><input type="hidden" name="_shown" value="${model.shown}">${token}
<section class="card"><label for="text">Document</label>
${documentText(model.text)}</section>
${outcomeCard(documentOutcome(model), { title: 'What that changes', buttons: showing(model.proposal) })}</form>
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
