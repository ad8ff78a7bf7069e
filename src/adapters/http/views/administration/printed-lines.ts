import { type Html, html } from '../html.ts';

/** What a preparation printed last, at its end, where what happens now stands. */
export const printedLines = (lines: readonly string[]): Html =>
  html`<pre class="answer printed" role="log" aria-live="off" aria-label="What its preparation prints" tabindex="0"><samp>${lines.join('\n')}</samp></pre>`;
