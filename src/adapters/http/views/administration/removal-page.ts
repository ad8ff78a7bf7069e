import type { Html } from '../html.ts';
import { html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { empty } from '../parts.ts';
import { agreeing, refusals } from './form-page.ts';
import { dependents, framed, objectUrl } from './frame.ts';
import type { RemovalModel } from './models.ts';

/** What would happen, before anything does. */
export const removalPage = (instance: Instance, model: RemovalModel, token: Html | undefined): string => {
  const { section, noun, name, consequences, faults, proposal } = model;
  return framed(instance, {
    title: `Remove ${noun} ${name}?`,
    at: section,
    body: html`<section class="card"><h2>What would happen</h2><ul>${consequences.map((each) => html`<li>${each}</li>`)}</ul>
${proposal !== undefined && html`<pre class="answer difference" tabindex="0">${proposal.words}</pre>`}</section>
<section class="card"><h2>What builds upon it</h2>${model.dependents.length === 0 ? empty('Nothing.') : dependents(model.dependents)}</section>
<section class="card">${
      faults.length > 0
        ? html`<h2>It cannot be removed as things are</h2>${refusals(faults)}`
        : html`<form method="post" action="${objectUrl(section, name, 'remove')}">${token}${agreeing(proposal)}</form>`
    }<p class="quiet"><a href="${objectUrl(section, name)}">Leave it</a></p></section>`,
  });
};
