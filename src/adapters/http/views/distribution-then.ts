import { aptSource } from './apt-sources.ts';
import type { DistributionThen } from './history-model.ts';
import { type Html, html } from './html.ts';
import { distributionUrl, time } from './parts.ts';
import { timeSlider } from './time-slider.ts';

/** More than these are typed and not chosen: a page stays small. */
const mostChoices = 100;

/** Asks the history of one distribution, up to a time. */
export const chooseDistribution = (distributions: readonly string[], former: readonly string[]): Html | undefined => {
  const all = distributions.length + former.length;
  if (all === 0) return undefined;
  const field =
    all > mostChoices
      ? html`<input id="then-distribution" name="distribution" required maxlength="100" autocapitalize="none" spellcheck="false">`
      : html`<select id="then-distribution" name="distribution">${options(distributions)}${former.length > 0 && html`<optgroup label="There no more">${options(former)}</optgroup>`}</select>`;
  return html`<form class="card" action="/mini_buildd/history" aria-labelledby="then"><h2 id="then">A distribution as it was</h2>
<p><label for="then-distribution">Which</label> ${field} <label for="then-until">up to (UTC)</label> <input id="then-until" name="until" type="datetime-local"> <button>Look</button></p></form>`;
};

const options = (names: readonly string[]): readonly Html[] => names.map((each) => html`<option>${each}</option>`);

/** The distribution whose events are shown, as apt saw it when the last of them happened, as an apt source, and the way to any other time. */
export const distributionThen = ({ repository, distribution, at, ended, when, sources }: DistributionThen): Html => {
  const path = distributionUrl(repository, distribution);
  const there = when.time === undefined ? path : `${path}?at=${when.time}`;
  return html`<section class="card" aria-labelledby="then"><h2 id="then"><a href="${there}">${distribution}</a> ${at === undefined && ended === undefined ? 'by now' : 'as it was by then'}</h2>
${ended !== undefined && html`<p>It is there no more since ${time(ended)} UTC.</p>`}
${
  sources === undefined
    ? html`<p class="quiet">apt saw nothing of it by then.</p>`
    : html`${timeSlider(path, repository, when, ended)}
${aptSource(sources, false, 'This very state as an apt source')}`
}</section>`;
};
