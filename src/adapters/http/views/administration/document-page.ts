import type { Html } from '../html.ts';
import { html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { agreeing, difference, refusals } from './form-page.ts';
import { framed, placeUrl } from './frame.ts';
import type { DocumentModel } from './models.ts';

/** The whole configuration as one text. */
export const documentPage = (instance: Instance, model: DocumentModel, token: Html | undefined): string => {
  const { text, shown, faults, proposal, isChanged } = model;
  return framed(instance, {
    title: 'Whole configuration',
    at: 'configuration',
    body: html`<p class="quiet">Everything that is declared, as <code>mini-buildd export</code> writes it and <code>mini-buildd apply</code> takes it. With <code>complete: true</code> what is not named is removed; without, it stays. <a href="${placeUrl('configuration.yaml')}" download>Download it</a></p>
${isChanged && html`<p class="notice" role="alert"><strong>Somebody changed the configuration since you opened it, and nothing was applied.</strong> <span>The difference below is to what it is now: look at it before you agree, for it may take back what they did. <a href="${placeUrl('configuration')}">Begin anew</a></span></p>`}
${refusals(faults)}
<form method="post" class="document" action="${placeUrl('configuration')}"><input type="hidden" name="_shown" value="${shown}">${token}
<section class="card"><label for="text">Document</label>
<textarea id="text" name="text" rows="30" cols="100" spellcheck="false" autocapitalize="none" required>
${text}</textarea></section>
<section class="card" id="what"><h2>What that changes</h2>${difference(proposal)}
${agreeing(proposal)}<p><button name="_step" value="show">Show what that changes</button></p></section></form>`,
  });
};
