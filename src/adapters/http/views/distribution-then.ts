import { aptSource } from './apt-sources.ts';
import type { DistributionThen } from './history-model.ts';
import { type Html, html } from './html.ts';
import { distributionUrl } from './parts.ts';
import { timeSlider } from './time-slider.ts';

/** More than these are typed and not chosen: a page stays small. */
const mostChoices = 100;

/** Asks the history of one distribution, up to a time. */
export const chooseDistribution = (distributions: readonly string[]): Html | undefined => {
  if (distributions.length === 0) return undefined;
  const field =
    distributions.length > mostChoices
      ? html`<input id="then-distribution" name="distribution" required maxlength="100" autocapitalize="none" spellcheck="false">`
      : html`<select id="then-distribution" name="distribution">${distributions.map((each) => html`<option>${each}</option>`)}</select>`;
  return html`<form class="card" action="/mini_buildd/history" aria-labelledby="then"><h2 id="then">A distribution as it was</h2>
<p><label for="then-distribution">Which</label> ${field} <label for="then-until">up to (UTC)</label> <input id="then-until" name="until" type="datetime-local"> <button>Look</button></p></form>`;
};

/** The distribution whose events are shown, as apt saw it when the last of them happened, as an apt source, and the way to any other time. */
export const distributionThen = ({ repository, distribution, at, when, sources }: DistributionThen): Html => {
  const path = distributionUrl(repository, distribution);
  const there = when.time === undefined ? path : `${path}?at=${when.time}`;
  return html`<section class="card" aria-labelledby="then"><h2 id="then"><a href="${there}">${distribution}</a> ${at === undefined ? 'by now' : 'as it was by then'}</h2>
${
  sources === undefined
    ? html`<p class="quiet">apt saw nothing of it by then.</p>`
    : html`${timeSlider(path, repository, when)}
${aptSource(sources, false, 'This very state as an apt source')}`
}</section>`;
};
