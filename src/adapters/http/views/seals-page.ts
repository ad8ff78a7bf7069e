import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import { empty, row, table, time } from './parts.ts';
import { sameAs } from './same-as.ts';
import { keys, lastSeal, sealsUrl, sealUrl } from './seals.ts';
import type { SealLine, SealsModel } from './seals-model.ts';

/** Every seal of the log with its checkpoint, and how to verify one without us. */
export const sealsPage = (instance: Instance, { sealing, seals, next }: SealsModel): string =>
  page({
    title: `Seals – ${instance.name}`,
    instance,
    body: html`<h1>Seals of the log</h1>
<section class="card">${lastSeal(sealing)}
<p>An hour after the log grew, and when the daemon ends, everything before is signed with the archive keys. Each seal names the one before it, so the newest stands for all. Who keeps a checkpoint elsewhere can prove later that nothing before it was changed, left out or added.</p></section>
<section class="card" aria-labelledby="all"><h2 id="all">Checkpoints</h2>
${seals.length === 0 ? empty('There is none yet.') : list(seals)}
<nav class="pages" aria-label="Pages of seals">${next !== undefined && html`<a rel="next" href="${sealsUrl}?before=${next}">Older</a>`}</nav>
${sameAs(instance, sealsUrl, { command: 'history', given: { type: 'LogSealed' }, positional: [] })}</section>
${byHand(instance, sealing.last)}`,
  });

const list = (seals: readonly SealLine[]): Html =>
  table(
    ['Seal', 'At (UTC)', 'Events', 'Digest of their lines', 'Signed by'],
    seals.map((each) =>
      row(
        html`<a href="${sealUrl(each.seal)}">${each.seal}</a>`,
        time(each.sealedAt),
        html`<span title="up to ${each.upTo}">${each.first}–${each.last}</span>`,
        html`<code class="digest">${each.sha256}</code>`,
        keys(each),
      ),
    ),
  );

/** `gpgv` and `sha256sum` are all it takes; what is hashed comes from the export of the log. */
const byHand = (
  { origin, name }: Instance,
  last: SealLine | undefined,
): Html => html`<section class="card" aria-labelledby="by-hand"><h2 id="by-hand">By hand</h2>
<p>That the archive key signed the last checkpoint:</p>
<pre class="answer"><code data-copy>${[
  `wget -qO- '${origin}/mini_buildd/api/getkey?output=plain' | gpg --dearmor > ${name}.gpg`,
  `wget -qO seal ${origin}${sealsUrl}latest`,
  `gpgv --keyring ./${name}.gpg seal`,
].join('\n')}</code></pre>
${last !== undefined && events(origin, last)}
<p class="quiet">Take the key from where you trust it (a keyring package, another machine), not from here each time. All of it at once, on the host: <code data-copy>mini-buildd log verify</code></p></section>`;

const events = (
  origin: string,
  { seal, first, last, previous }: SealLine,
): Html => html`<p>On the host, that its events are those of the log; the sum is the field <code>SHA256</code>:</p>
<pre class="answer"><code data-copy>mini-buildd log export | grep -v '^#' | cut -c66- | sed -n '${first},${last}p' | sha256sum</code></pre>
${previous !== null && html`<p>That the seal before is the one it names in <code>Previous</code>: <code data-copy>wget -qO- ${origin}${sealUrl(seal - 1)} | sha256sum</code></p>`}`;
