import { ending } from '../ending.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { refusals } from '../refused.ts';
import type { AskedBy } from '../same-as.ts';
import { askedBy } from './asked-by.ts';
import { dependents, framed, objectUrl } from './frame.ts';
import type { RemovalModel } from './models.ts';
import { agreeing } from './outcome.ts';
import { yamlLines } from './yaml-lines.ts';

/** What would happen, before anything does. */
export const removalPage = (instance: Instance, model: RemovalModel, token: Html | undefined): string => {
  const { section, noun, name, ends, faults, proposal } = model;
  const place = `${section}/${encodeURIComponent(name)}/remove`;
  return framed(instance, {
    title: `Remove ${noun} ${name}?`,
    at: section,
    place,
    asked: taking(askedBy(section, place), proposal),
    body: html`<section class="card"><h2>What would happen</h2>${ending(ends, model.dependents.length === 0 ? undefined : dependents(model.dependents))}
${proposal?.yaml !== undefined && yamlLines(proposal.yaml)}
${proposal !== undefined && html`<details class="same"><summary>Field by field</summary><pre class="answer" tabindex="0">${proposal.words}</pre></details>`}</section>
<section class="card">${
      faults.length > 0
        ? html`<h2>It cannot be removed as things are</h2>${refusals(faults)}`
        : html`<form method="post" action="${objectUrl(section, name, 'remove')}">${token}${agreeing(proposal)}</form>`
    }<p class="quiet"><a href="${objectUrl(section, name)}">Leave it</a></p></section>`,
  });
};

/** What takes packages from apt has to be said so, as it has to be agreed to here. */
const taking = (asked: AskedBy, proposal: RemovalModel['proposal']): AskedBy =>
  asked.command !== 'chroot' && proposal !== undefined && proposal.taken.length > 0
    ? { ...asked, given: { ...asked.given, force: 'true' } }
    : asked;
