import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';

/** Who came back from the identity provider goes on from here. */
export const signedOnPage = (instance: Instance, next: string): string =>
  page({
    title: `Logged in – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>You are logged in</h1><p><a href="${next}">Go on</a></p></section>`,
  });
