import { type Html, html } from '../html.ts';
import { time } from '../parts.ts';
import { objectUrl, placeUrl } from './frame.ts';
import type { DocumentModel, FormModel, Meanwhile } from './models.ts';

/** Both versions are shown, and nothing is overwritten before its sender saw them. Said while one types, and of what was sent. */
export const changedObject = ({ meanwhile, section, name }: FormModel): Html | undefined =>
  meanwhile &&
  html`<p class="notice" role="alert"><strong>${meanwhile.by} changed it at ${time(meanwhile.at)} UTC, since you opened this form. Nothing of yours is applied yet.</strong> <span>This is what they did:</span></p>
${whatTheyDid([meanwhile])}
<p>${meanwhile.both.length > 0 && html`<strong>You both changed ${meanwhile.both.join(', ')}</strong>: what you typed there counts. `}What you left alone is as they made it, and the difference below is to that: look at it, and apply it from the page that shows it. Or <a href="${objectUrl(section, name, 'edit')}">begin with theirs</a>.</p>`;

/** The same of everything at once, which is applied as a whole. */
export const changedDocument = ({
  isChanged,
  meanwhile,
}: Pick<DocumentModel, 'isChanged' | 'meanwhile'>): Html | undefined =>
  isChanged
    ? html`<p class="notice" role="alert"><strong>Somebody changed the configuration since you opened it. Nothing of yours is applied yet.</strong>${meanwhile.length > 0 && html` <span>This is what ${[...new Set(meanwhile.map(({ by }) => by))].join(', ')} did:</span>`}</p>
${meanwhile.length > 0 && whatTheyDid(meanwhile)}
<p>What you typed is still there, and the difference below is to what the configuration is now: look at it before you agree, for it may take back what they did. Or <a href="${placeUrl('configuration')}">begin anew</a>.</p>`
    : undefined;

const whatTheyDid = (all: readonly Meanwhile[]): Html =>
  html`<pre class="answer" tabindex="0">${all.map(({ words }) => words)}</pre>`;
