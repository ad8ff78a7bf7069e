import { type Html, html } from '../html.ts';
import { clipped } from '../parts.ts';

/** Lines of YAML that go and come, with some around them. The first character of each says what becomes of it: `+`, `-` or a blank. */
export type YamlDifference = {
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly { readonly at: string; readonly within: string; readonly lines: readonly string[] }[];
};

/** Lines of one page; the tool shows them all. */
const mostLines = 150;

/** What goes and comes as marked up: by its sign, by its element, and by colour. */
export const yamlLines = ({ hunks, added, removed }: YamlDifference): Html => {
  let room = mostLines;
  const shown = hunks.map(({ at, within, lines }) => {
    const some = lines.slice(0, room);
    room -= some.length;
    return some.length === 0
      ? undefined
      : html`<span class="at">@@ ${at} @@ ${within}
</span>${some.map(line)}`;
  });
  const left = hunks.reduce((count, { lines }) => count + lines.length, 0) - mostLines;
  return html`<pre class="answer lines" tabindex="0" role="region" aria-label="The configuration as YAML, line by line: ${inNumbers(added, removed)}">${shown}</pre>
${left > 0 && html`<p class="quiet small">and ${left} more lines, which <code>mini-buildd-tool … apply --dry-run</code> shows</p>`}`;
};

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
