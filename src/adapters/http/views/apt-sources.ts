import { type Html, html } from './html.ts';

/** How apt is told of one distribution, in either form (sources.list(5)). */
export type AptLines = { readonly distribution: string; readonly oneLine: string; readonly deb822: string };

/** A stanza and a line to copy, folded away unless it is what one came for. */
export const aptSource = ({ distribution, oneLine, deb822 }: AptLines, isOpen = false, title = distribution): Html =>
  html`<details${isOpen && html` open`}><summary>${title}</summary>
<p class="small quiet">A stanza in a <code>.sources</code> file:</p><pre class="answer" tabindex="0" data-copy>${deb822}</pre>
<p class="small quiet">or in a <code>.list</code> file:</p><pre class="answer" tabindex="0" data-copy>${oneLine}</pre></details>`;

/** What apt must trust, and where its sources say it lies. */
export const keyFirst = (file: string, fingerprint: string | undefined): Html =>
  html`<p class="small">The key first: <a href="/mini_buildd/api/getkey?output=plain">archive key</a>${fingerprint !== undefined && html` <code>${fingerprint.replace(/(.{4})(?=.)/g, '$1 ')}</code>`}, into <code>${file}</code>; <a href="/mini_buildd/doc/using">more in the manual</a>.</p>`;
