import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { badge } from './parts.ts';
import { sameAs } from './same-as.ts';

/** How far one thing is that a command began, as `progress` answers. */
export type Progress = { readonly line: string; readonly ended: boolean; readonly succeeded: boolean };

/** Where it is told how far these streams are: a page, and the same live. */
export const progressUrl = (streams: readonly string[]): string =>
  `/mini_buildd/progress?${streams.map((stream) => `stream=${encodeURIComponent(stream)}`).join('&')}`;

export const progressList = (all: readonly Progress[]): Html =>
  html`<ul class="plain">${all.map(
    ({ line, ended, succeeded }) =>
      html`<li>${ended ? badge(succeeded ? 'done' : 'failed', succeeded ? 'good' : 'bad') : badge('under way', 'busy')} ${line}</li>`,
  )}</ul>`;

export const progressPage = (
  instance: Instance,
  streams: readonly string[],
  all: readonly Progress[],
  deeds: Html,
): string =>
  page({
    title: `How far it is – ${instance.name}`,
    instance,
    live: progressUrl(streams),
    body: html`<section class="card"><h1>How far it is</h1>${liveState}
<div id="progress" aria-live="polite">${progressList(all)}</div>
${deeds}<p class="small"><a href="${progressUrl(streams)}">Look again</a></p>
${streams.map((stream) => sameAs(instance, progressUrl([stream]), { command: 'progress', given: { stream }, positional: ['stream'] }))}</section>`,
  });
