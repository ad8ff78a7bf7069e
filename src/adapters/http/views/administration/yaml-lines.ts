import { type Html, html } from '../html.ts';
import { clipped } from '../parts.ts';
import { fitting } from '../room.ts';

/** Lines of YAML that go and come, with some around them. The first character of each says what becomes of it: `+`, `-` or a blank. */
export type YamlDifference = {
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly { readonly at: string; readonly within: string; readonly lines: readonly string[] }[];
};

/** Lines that are seen at once; more are unfolded. */
const mostLines = 150;

/** Bytes that are unfolded; the tool shows what is left. */
const mostUnfolded = 15_000;

/** What goes and comes as marked up: by its sign, by its element, and by colour. */
export const yamlLines = ({ hunks, added, removed }: YamlDifference): Html => {
  const all = hunks.flatMap(({ at, within, lines }) => [
    html`<span class="at">@@ ${at} @@ ${within}
</span>`,
    ...lines.map(line),
  ]);
  const seen = all.slice(0, mostLines);
  const folded = fitting(all.slice(mostLines), mostUnfolded);
  const left = all.length - seen.length - folded.length;
  const numbers = inNumbers(added, removed);
  return html`${listing(seen, `The configuration as YAML, line by line: ${numbers}`)}
${folded.length > 0 && html`<details class="same"><summary>${folded.length} more lines</summary>${listing(folded, 'The configuration as YAML, more lines')}${left > 0 && html`<p class="quiet small">and ${left} more, which <code>mini-buildd-tool … apply --dry-run</code> shows</p>`}</details>`}`;
};

const listing = (lines: readonly Html[], label: string): Html =>
  html`<pre class="answer lines" tabindex="0" role="region" aria-label="${label}">${lines}</pre>`;

/** `2 lines go, 3 come`. */
export const inNumbers = (added: number, removed: number): string => {
  const said = [
    ...(removed === 0 ? [] : [`${removed} ${removed === 1 ? 'line goes' : 'lines go'}`]),
    ...(added === 0 ? [] : [`${added} ${added === 1 ? 'line comes' : 'lines come'}`]),
  ];
  return said.length === 0 ? 'no line differs' : said.join(', ');
};

const line = (text: string): Html => {
  const shown = clipped(text);
  switch (text[0]) {
    case '+':
      return html`<ins>${shown}
</ins>`;
    case '-':
      return html`<del>${shown}
</del>`;
    default:
      return html`<span>${shown}
</span>`;
  }
};
