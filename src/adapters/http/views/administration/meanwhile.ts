import { type Html, html } from '../html.ts';
import { time } from '../parts.ts';
import { objectUrl, placeUrl } from './frame.ts';
import type { DocumentModel, FormModel, Meanwhile } from './models.ts';

/** Both versions are shown, and nothing is overwritten before its sender saw them. */
export const changedObject = ({ meanwhile, section, name }: FormModel): Html | undefined =>
  meanwhile &&
  html`<p class="notice" role="alert"><strong>${meanwhile.by} changed it at ${time(meanwhile.at)} UTC, since you opened this form, and nothing of yours was applied.</strong> <span>This is what they did:</span></p>
${whatTheyDid([meanwhile])}
<p>What you want is still in the form, and the difference below is to what they made of it: apply it to overrule them, or <a href="${objectUrl(section, name, 'edit')}">begin with theirs</a>.</p>`;

/** The same of everything at once, which is applied as a whole. */
export const changedDocument = ({
  isChanged,
  meanwhile,
}: Pick<DocumentModel, 'isChanged' | 'meanwhile'>): Html | undefined =>
  isChanged
    ? html`<p class="notice" role="alert"><strong>Somebody changed the configuration since you opened it, and nothing of yours was applied.</strong>${meanwhile.length > 0 && html` <span>This is what ${[...new Set(meanwhile.map(({ by }) => by))].join(', ')} did:</span>`}</p>
${meanwhile.length > 0 && whatTheyDid(meanwhile)}
<p>What you typed is still there, and the difference below is to what the configuration is now: look at it before you agree, for it may take back what they did. Or <a href="${placeUrl('configuration')}">begin anew</a>.</p>`
    : undefined;

const whatTheyDid = (all: readonly Meanwhile[]): Html =>
  html`<pre class="answer" tabindex="0">${all.map(({ words }) => words)}</pre>`;
