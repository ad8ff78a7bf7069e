import type { Ending } from '../../../ports/api.ts';
import { type Content, type Html, html } from './html.ts';
import { empty } from './parts.ts';

/** What a deed would put an end to. `beside` depends on it too, and has a page of its own. */
export const ending = ({ goes, depends, stays }: Ending, beside?: Html): Html =>
  html`<section class="ending"><h3>What goes</h3>${sentences(goes)}
<h3>What depends on it</h3>${beside}${(depends.length > 0 || beside === undefined) && sentences(depends)}
<h3>What stays</h3>${sentences(stays)}</section>`;

const sentences = (all: readonly string[]): Content =>
  all.length === 0 ? empty('Nothing.') : html`<ul>${all.map((each) => html`<li>${each}</li>`)}</ul>`;
