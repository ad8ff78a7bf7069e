import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import { badge, type Look, shapes, table } from './parts.ts';
import { sameAs } from './same-as.ts';
import {
  buttonSamples,
  colourSamples,
  fieldSamples,
  heldSample,
  pictureSamples,
  spaceSamples,
  timelineSample,
} from './style-samples.ts';

/** What pages are made of, shown by itself. */
export const stylePage = (instance: Instance): string =>
  page({
    title: `Style – ${instance.name}`,
    instance,
    body: html`<h1>Style</h1>
<section class="card"><h2>Text</h2>
<p>Four sizes, each a step of about 1.2: <span class="size-title">title</span>, <span class="size-head">heading</span>, text, <span class="small">aside</span>. What is less important is <span class="quiet">quiet</span>; what machines read is <code>code</code>. </p></section>
<section class="card"><h2>Colours</h2>
${colourSamples()}</section>
<section class="card"><h2>Distances</h2>
<p>Widths and distances are multiples of a quarter of the text's height.</p>
${spaceSamples()}</section>
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
<section class="card"><h2>What happened</h2>
${timelineSample()}</section>
<section class="card"><h2>Forms</h2>
<p>What is wrong with a field stands below it, and is said once.</p>
${fieldSamples()}</section>
<section class="card"><h2>Buttons</h2>
<p>A button that changes something leads to what it would do first.</p>
${buttonSamples()}</section>
<section class="card"><h2>Pictures</h2>
<p>Every picture is described in a sentence, and its numbers stand behind it as a table.</p>
${pictureSamples()}</section>
<section class="card"><h2>Parts that are refreshed</h2>
<p>Nothing jumps: what grows while somebody uses what stands below shows no more than before meanwhile, and a button says that there is more; then it makes room, slowly.</p>
${heldSample()}</section>
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
