import type { Instant } from '../../../domain/codec.ts';
import type { When } from './distribution-model.ts';
import { type Html, html } from './html.ts';
import { urlWith } from './listing.ts';
import { badge, time } from './parts.ts';

/**
 * Goes to any publication of a repository: by neighbours, by its number, by a time. Whole without a script; with one the number's
 * slider says its time while it is moved, and goes there when it is let go. What has `ended` has no now, but a last publication.
 */
export const timeSlider = (path: string, repository: string, when: When, ended?: Instant | undefined): Html => {
  if (when.of === 0) return html`<p class="quiet">Nothing was published yet.</p>`;
  return html`<p>${shown(when)}</p>
<nav class="pages" aria-label="Publications">${step(path, when.first, 'First', 'first')} ${step(path, when.earlier, 'Earlier', 'prev')} ${step(path, when.later, 'Later', 'next')} ${when.time !== undefined && html`<a href="${path}">${ended === undefined ? 'Now' : 'Its last'}</a>`}</nav>
<div class="slider"><form action="${path}" data-publications="/mini_buildd/repositories/${repository}/publications"><label for="nth">Publication <output for="nth">${when.nth} of ${when.of}</output></label><input id="nth" name="nth" type="range" min="1" max="${when.of}" value="${when.nth}"><button>Go</button></form>
<form action="${path}"><label for="at">As at (UTC)</label><input id="at" name="at" type="datetime-local" step="0.001" value="${(when.at ?? '').slice(0, 23)}"><button>Go</button></form></div>`;
};

const shown = ({ at, nth, of }: When): Html =>
  at === undefined
    ? html`${badge('now', 'good')} as history says`
    : html`${badge('past', 'idle')} as apt saw it from ${exact(at)} on, publication ${nth} of ${of}`;

const exact = (at: Instant): Html => html`<time datetime="${at}">${at.slice(0, 19).replace('T', ' ')}</time> UTC`;

const step = (path: string, there: When['earlier'], says: string, rel: string): Html | undefined =>
  there &&
  html`<a${rel !== 'first' && html` rel="${rel}"`} href="${urlWith(path, { at: there.time })}">${says}</a> <span class="quiet small">${time(there.at)}</span>`;
