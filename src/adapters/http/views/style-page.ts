import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import { badge, type Look, shapes, table } from './parts.ts';
import { sameAs } from './same-as.ts';

/** What pages are made of, shown by itself. */
export const stylePage = (instance: Instance): string =>
  page({
    title: `Style – ${instance.name}`,
    instance,
    body: html`<h1>Style</h1>
<section class="card"><h2>Text</h2>
<p>Four sizes, each a step of about 1.2: <span class="size-title">title</span>, <span class="size-head">heading</span>, text, <span class="small">aside</span>. What is less important is <span class="quiet">quiet</span>; what machines read is <code>code</code>. Widths and distances are multiples of a quarter of the text's height.</p></section>
<section class="card"><h2>States</h2>
<p>A state is said by its word and drawn by shape and colour. Colour alone says nothing.</p>
${table(
  ['Look', 'Said of'],
  (Object.keys(shapes) as Look[]).map((look) => [badge(look, look), saidOf[look]]),
)}</section>
<section class="card"><h2>Cards, tables, notices</h2>
<p>What belongs together stands on a card with a heading. A table becomes a list where the screen is too narrow for its columns. What a person should look at:</p>
<p class="notice"><strong>what is wrong</strong> <span>and what to do about it</span></p></section>
<section class="card"><h2>Times and versions</h2>
<p>Times are UTC and to the minute, in what happened to the second, and a day is named once there; ages are in their largest unit. Versions never break.</p></section>
<section class="card"><h2>Forms</h2>
<form class="plain"><p class="field"><label for="sample">Label</label><input id="sample" name="sample"><span class="quiet">What may stand here.</span></p></form></section>
<section class="card"><h2>The same elsewhere</h2>
<p>Every view that is a command's answer too says how, folded away.</p>
${sameAs(instance, '/mini_buildd/style', { command: 'status', given: {}, positional: [] })}</section>
<section class="card"><h2>Light and dark</h2>
<p>Colours follow what the system prefers; words stand out from their ground by 4.5 to 1 or more in both.</p></section>`,
  });

const saidOf: Readonly<Record<Look, string>> = {
  good: 'accepted, built, installed, passed, ready',
  bad: 'rejected, failed',
  busy: 'received, building, built, publishing, preparing',
  warn: 'cancelled, removed, given back: somebody may want to look',
  idle: 'needs-build, dep-wait, skipped',
};
