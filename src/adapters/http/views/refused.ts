import type { Refusal } from '../../../domain/refusal.ts';
import { explained } from '../manual.ts';
import { type Html, html } from './html.ts';

/** Why something was refused long ago: what was found, what to do, and the rule, with where the manual says more of it. */
export const refused = ({ rule, fact, remedy }: Refusal): Html =>
  html`<p class="notice"><strong>${fact}</strong> <span>${remedy}</span></p><p class="quiet">Rule: ${ruleLink(rule)}</p>`;

/** Why what somebody just asked for was not done: told at once by a screen reader. */
export const refusals = (faults: readonly Refusal[]): Html => html`${faults.map(refusal)}`;

const refusal = ({ rule, fact, remedy }: Refusal): Html => {
  const where = explained(rule);
  return html`<p class="notice" role="alert"><strong>${fact}</strong> <span>${remedy}${where !== undefined && html` (<a href="${where}">more on this rule</a>)`}</span></p>`;
};

/** A plan that was agreed to is no longer what would happen. */
export const isStaleNow = html`<p class="notice" role="alert"><strong>Things have changed since you looked, and nothing was done.</strong> <span>This is what it would do now.</span></p>`;

export const ruleLink = (rule: string): Html => {
  const where = explained(rule);
  return where === undefined ? html`<code>${rule}</code>` : html`<a href="${where}"><code>${rule}</code></a>`;
};
