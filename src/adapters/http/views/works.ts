import type { WorkModel } from './home-model.ts';
import { type Html, html } from './html.ts';
import { badge, clipped } from './parts.ts';

/** What is under way besides builds; nothing where nothing is. */
export const worksUnderWay = (works: readonly WorkModel[]): Html | false =>
  works.length > 0 &&
  html`<ul class="running">${works.slice(0, mostShown).map(line)}</ul>${works.length > mostShown && html`<p class="quiet">and ${works.length - mostShown} more: <a href="/mini_buildd/commands/status">all of them</a></p>`}`;

const mostShown = 10;

const line = ({ kind, about, says, elapsed, usual }: WorkModel): Html =>
  html`<li><p class="line">${badge(kind, 'busy')} <b>${kind === 'upload' ? html`<a href="/mini_buildd/upload">${about}</a>` : about}</b> ${says !== undefined && html`<span>${clipped(says, 200)}</span>`} <span class="elapsed quiet">${elapsed} s${
    usual !== undefined &&
    html` of usually ${usual} <progress aria-label="${kind} of ${about}" max="${Math.max(1, usual)}" value="${Math.min(elapsed, usual)}"></progress>`
  }</span></p></li>
`;
