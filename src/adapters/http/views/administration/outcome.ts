import type { Refusal } from '../../../../domain/refusal.ts';
import { ending } from '../ending.ts';
import { type Content, type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { refusals } from '../refused.ts';
import { sameDeed } from '../same-as.ts';
import { applied } from './asked-by.ts';
import type { PlacedFault, Proposal } from './models.ts';
import { inNumbers, yamlLines } from './yaml-lines.ts';

/** What stands in a form comes to this: what is wrong with it, or what it would change. */
export type Outcome = {
  readonly faults: readonly PlacedFault[];
  readonly proposal: Proposal | undefined;
  /** What others did since the form was opened. */
  readonly meanwhile?: Html | undefined;
  /** Else it is agreed to on another page. */
  readonly mayBeApplied: boolean;
};

/** The part of a form that says what it comes to. Who sent the form is led to it. */
export const outcomeCard = (
  instance: Instance,
  outcome: Outcome,
  says: { readonly title: string; readonly buttons: Content },
): Html => {
  const { summary, ...parts } = outcomeParts(instance, outcome);
  return html`<section class="card" id="what" tabindex="-1"${wasSent(outcome) && html` autofocus`}><h2>${says.title}</h2>
<p id="summary" role="status" class="quiet">${summary}</p>
${Object.entries(parts).map(([id, part]) => html`<div id="${id}">${part}</div>`)}
<p>${says.buttons}</p></section>`;
};

const wasSent = ({ faults, proposal, meanwhile }: Outcome): boolean =>
  faults.length > 0 || proposal !== undefined || meanwhile !== undefined;

/** The same part by part, as it is told to who types. */
export const outcomeParts = (instance: Instance, { faults, proposal, meanwhile, mayBeApplied }: Outcome) => ({
  summary: summary(faults, proposal),
  meanwhile: html`${meanwhile}`,
  faults: generalFaults(faults),
  difference: html`${proposal !== undefined && !proposal.isNothing && difference(instance, proposal)}`,
  agreement: html`${mayBeApplied && agreeing(proposal)}`,
});

const summary = (faults: readonly PlacedFault[], proposal: Proposal | undefined): Html => {
  if (faults.length > 0)
    return html`Nothing can be applied yet: ${faults.length === 1 ? 'one thing is' : `${faults.length} things are`} wrong.`;
  if (proposal === undefined) return html`Nothing yet.`;
  if (proposal.isNothing) return html`Nothing: it is so already.`;
  const { yaml, sum } = proposal;
  return html`${sum}. ${yaml === undefined ? 'More lines than anybody reads: see it field by field.' : `Of the configuration as YAML, ${inNumbers(yaml.added, yaml.removed)}.`}`;
};

/** What is wrong with no field alone, and where to look for the rest. */
const generalFaults = (faults: readonly PlacedFault[]): Html => {
  const general = faults.filter(({ field }) => field === undefined);
  const fields = [...new Set(faults.flatMap(({ field }) => field ?? []))];
  return html`${refusals(general.map(({ because }) => because))}${fields.length > 0 && html`<p class="notice"><strong>Nothing can be applied yet.</strong> <span>Look at ${fields.map((field, index) => html`${index > 0 && ', '}<a href="#${field}-fault">${field.replace(/^_/, '')}</a>`)}.</span></p>`}`;
};

/** What a form comes to: as lines of YAML, and in the words of `mini-buildd apply --dry-run`. */
const difference = (instance: Instance, proposal: Proposal): Html => {
  const { yaml, words, ends, document } = proposal;
  return html`${yaml !== undefined && yamlLines(yaml)}${ends && ending(ends)}
<details class="same"${yaml === undefined && html` open`}><summary>Field by field</summary><pre class="answer" tabindex="0">${words}</pre></details>
<details class="same"><summary>As a document for <code>mini-buildd apply</code></summary><pre class="answer" tabindex="0" data-copy>${document}</pre></details>
${sameDeed(instance, applied(proposal))}`;
};

/** Nothing is wrong with one field alone. */
export const withoutPlace = (faults: readonly Refusal[]): readonly PlacedFault[] =>
  faults.map((because) => ({ field: undefined, because }));

/** The way on, once it is known where it leads. */
export const agreeing = (proposal: Proposal | undefined): Html | undefined =>
  proposal === undefined || proposal.isNothing
    ? undefined
    : html`<input type="hidden" name="_agreed" value="${proposal.digest}">${
        proposal.taken.length > 0 &&
        html`<p class="notice"><label class="box"><input type="checkbox" name="_force" value="true"> That is meant so: ${proposal.taken.join('; ')}.</label></p>`
      }<p><button name="_step" value="apply">Apply this</button></p>`;
