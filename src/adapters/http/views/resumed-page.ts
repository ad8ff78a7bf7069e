import { formTokenField } from '../form-token.ts';
import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';

/**
 * Brings whoever logged in anew elsewhere, while their form was open, back to it, as it was. `typed` is what it would have sent, as forms
 * write it.
 */
export const resumedPage = (instance: Instance, next: string, typed: string, session: string): string =>
  page({
    title: `Go on – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>The form is none of this session</h1>
<p>Nothing was applied, and nothing that you typed is lost.</p>
<form method="post" action="${next}">${formTokenField(session)}
${[...new URLSearchParams(typed)].map(([name, value]) => html`<textarea name="${name}" hidden>\n${value}</textarea>`)}
<button>Go on where you were</button></form></section>`,
  });
