import type { Refusal } from '../../../domain/refusal.ts';
import { explained } from '../manual.ts';
import { type Html, html } from './html.ts';

/** Why something was refused: what was found, what to do, and the rule, with where the manual says more of it. */
export const refused = ({ rule, fact, remedy }: Refusal): Html =>
  html`<p class="notice"><strong>${fact}</strong> <span>${remedy}</span></p><p class="quiet">Rule: ${ruleLink(rule)}</p>`;

export const ruleLink = (rule: string): Html => {
  const where = explained(rule);
  return where === undefined ? html`<code>${rule}</code>` : html`<a href="${where}"><code>${rule}</code></a>`;
};
