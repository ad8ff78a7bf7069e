import { deedButton, type Reader } from './deed-button.ts';
import { type Html, html } from './html.ts';
import { packageUrl } from './parts.ts';
import type { PortOffer } from './port-offer.ts';

/** What could be ported anew, for who may; nothing for others. */
export const portOffers = (offers: readonly PortOffer[], reader: Reader): Html =>
  offers.length === 0 || !reader.may('portext')
    ? html``
    : html`<h2>Newer where it came from</h2>
<ul>${offers.map((offer) => html`<li>${described(offer)} ${offer.as !== null && deed(offer, reader)}</li>`)}</ul>`;

const deed = (
  { source, dsc, from, distribution, isTried }: PortOffer,
  reader: Reader,
): ReturnType<typeof deedButton> => {
  const words = isTried ? 'Port it again …' : 'Port it …';
  return dsc === null
    ? deedButton(
        reader,
        'port',
        { package: source, from_distribution: from ?? '', to_distributions: distribution },
        words,
      )
    : deedButton(reader, 'portext', { dsc, distributions: distribution }, words);
};

/** What there is, and what comes of it. */
export const described = (offer: PortOffer): Html => {
  const { source, newer, archive, from, ported, distribution } = offer;
  return html`<a href="${packageUrl(source)}">${source}</a> <code>${newer}</code> is in ${archive ?? from ?? ''}; <code>${ported}</code> was ported to ${distribution}. ${outlook(offer)}`;
};

const outlook = ({ as, refusal, rule, isTried, failure }: PortOffer): Html => {
  if (as === null) return html`It would not be taken: ${refusal?.fact} (${refusal?.remedy}).`;
  if (failure !== null) return html`It would be <code>${as}</code>, and could not be ported: ${failure}.`;
  if (isTried) return html`It would be <code>${as}</code>, and was asked for already.`;
  return rule === 'build' ? html`It is to be <code>${as}</code>, by itself.` : html`It would be <code>${as}</code>.`;
};
