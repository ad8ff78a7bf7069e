import { deedButton, type Reader } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { PortOffer } from './package-model.ts';
import { packageUrl } from './parts.ts';

/** What could be ported anew, for who may; nothing for others. */
export const portOffers = (offers: readonly PortOffer[], reader: Reader): Html =>
  offers.length === 0 || !reader.may('portext')
    ? html``
    : html`<h2>Newer where it came from</h2>
<ul>${offers.map((offer) => html`<li>${described(offer)} ${offer.as !== null && deedButton(reader, 'portext', { dsc: offer.dsc, distributions: offer.distribution }, offer.isTried ? 'Port it again …' : 'Port it …')}</li>`)}</ul>`;

const described = ({ source, newer, archive, ported, distribution, as, refusal, isTried }: PortOffer): Html =>
  html`<a href="${packageUrl(source)}">${source}</a> <code>${newer}</code> is in ${archive}; <code>${ported}</code> was ported to ${distribution}. ${as === null ? html`It would not be taken: ${refusal?.fact} (${refusal?.remedy}).` : html`It would be <code>${as}</code>${isTried && ', and was asked for already'}.`}`;
