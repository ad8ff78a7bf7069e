import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';

export type ListedEntry = {
  readonly name: string;
  readonly isFolder: boolean;
  /** Bytes; `undefined` for folders. */
  readonly size: number | undefined;
  /** Milliseconds. */
  readonly modified: number | undefined;
};

/**
 * A folder as web servers have always shown it: one link a line, sorted by name. `path` is decoded; the first of what
 * is listed leads no further up.
 */
export const directoryListing = (
  instance: Instance | undefined,
  path: string,
  entries: readonly ListedEntry[],
  isTop: boolean,
): string =>
  page({
    title: `Index of ${path}`,
    ...(instance && { instance }),
    body: html`<h1 class="path">Index of ${path}</h1>
<table class="listing"><thead><tr><th scope="col">Name</th><th scope="col">Last modified (UTC)</th><th scope="col" class="number">Size</th></tr></thead>
<tbody>
${!isTop && html`<tr><td><a href="../">../</a></td><td></td><td></td></tr>`}
${entries.toSorted(byName).map(line)}</tbody></table>`,
  });

const line = ({ name, isFolder, size, modified }: ListedEntry): Html => {
  const shown = isFolder ? `${name}/` : name;
  return html`<tr><td><a href="./${encodeURIComponent(name)}${isFolder && '/'}">${shown}</a></td><td>${modified !== undefined && new Date(modified).toISOString().slice(0, 16).replace('T', ' ')}</td><td class="number">${size}</td></tr>
`;
};

const byName = (a: ListedEntry, b: ListedEntry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
