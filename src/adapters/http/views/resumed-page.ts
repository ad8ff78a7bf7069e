import { formTokenField } from '../form-token.ts';
import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';

/**
 * Brings whoever had to log in in the middle, or did so elsewhere meanwhile, back to their form, as it was. `typed` is what it would have
 * sent, as forms write it.
 */
export const resumedPage = (
  instance: Instance,
  next: string,
  typed: string,
  session: string,
  why = 'You are logged in again',
): string =>
  page({
    title: `Go on – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>${why}</h1>
<p>Nothing was applied, and nothing that you typed is lost.</p>
<form method="post" action="${next}">${formTokenField(session)}
${[...new URLSearchParams(typed)].map(([name, value]) => html`<textarea name="${name}" hidden>\n${value}</textarea>`)}
<button>Go on where you were</button></form></section>`,
  });
