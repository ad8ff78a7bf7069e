import type { Proof } from './history-model.ts';
import { type Html, html } from './html.ts';
import { badge, time } from './parts.ts';
import { lastSeal } from './seals.ts';

/** What can be said today of whether history is what was written. */
export const proofCard = (
  proof: Proof,
): Html => html`<section class="card proof" aria-labelledby="proof"><h2 id="proof">The log</h2>
<p>${state(proof)} <b>${proof.events}</b> events${proof.head !== undefined && html`, the last at position <code>${short(proof.head)}</code>`}.</p>
${proof.trouble !== undefined && html`<p class="notice" role="status"><strong>${proof.trouble}</strong></p>`}
${verified(proof)}
${lastSeal(proof.trouble === undefined ? proof.sealing : { ...proof.sealing, isChecked: false })}</section>`;

const state = ({ trouble, verified }: Proof): Html => {
  if (trouble !== undefined) return badge('takes no more', 'bad');
  return verified === undefined ? badge('append-only', 'idle') : badge('verified', 'good');
};

const verified = ({ verified, trouble }: Proof): Html | undefined => {
  if (verified === undefined)
    return trouble === undefined
      ? html`<p class="quiet">This log keeps no hash chain of its own, or was not looked through yet.</p>`
      : undefined;
  return html`<p>Each event carries the hash of the one before. Held against that chain up to position <code>${short(verified.position)}</code>, ${time(verified.at)} UTC, and all of it was right. The digest there, which stands for all before it:</p>
<p><code class="digest">${verified.digest}</code></p>
<p class="small quiet">What came since was chained to it as it was written, and is held against the chain at the next start. Write down position and digest, and any change of what stands before it can be seen later.</p>`;
};

/** Positions of our own log are numbers with zeroes before them. */
const short = (position: string): string => position.replace(/^0+(?=\d)/, '');
