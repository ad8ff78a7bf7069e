import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { pager } from './listing.ts';
import { page } from './page.ts';
import { type AskedBy, sameAs } from './same-as.ts';

export type ListedEntry = {
  readonly name: string;
  readonly isFolder: boolean;
  /** Bytes; `undefined` for folders. */
  readonly size: number | undefined;
  /** Milliseconds. */
  readonly modified: number | undefined;
};

/** What a folder holds, in order. It may be much: only what a page shows is made. */
export type Folder = {
  readonly size: number;
  readonly slice: (from: number, to: number) => readonly ListedEntry[];
};

/** By name. */
export const folderOf = (entries: readonly ListedEntry[]): Folder => {
  const sorted = entries.toSorted(byName);
  return { size: sorted.length, slice: (from, to) => sorted.slice(from, to) };
};

/** Folders below a folder, in the order of `names`. */
export const foldersNamed = (names: readonly string[]): Folder => ({
  size: names.length,
  slice: (from, to) => names.slice(from, to).map(folderNamed),
});

export const folderNamed = (name: string): ListedEntry => ({
  name,
  isFolder: true,
  size: undefined,
  modified: undefined,
});

/** Where a folder is, and which page of it is looked at; the first of what is listed leads no further up. */
export type FolderPlace = {
  /** Decoded. */
  readonly path: string;
  readonly page: number;
  readonly isTop: boolean;
  /** What there is to say of it. */
  readonly said?: string | undefined;
};

/** Names may be as long as 255 letters, and stand in each line twice. */
const pageLength = 80;

/** A folder as web servers have always shown it: one link a line. */
export const directoryListing = (instance: Instance | undefined, folder: Folder, place: FolderPlace): string => {
  const { path, isTop, said } = place;
  const pages = Math.max(1, Math.ceil(folder.size / pageLength));
  const nth = Math.min(place.page, pages);
  const links = pager({ page: nth, pages }, (other) => (other === 1 ? './' : `./?page=${other}`), 'list');
  return page({
    title: `Index of ${path}${nth > 1 ? `, page ${nth}` : ''}`,
    ...(instance && { instance }),
    body: html`<h1 class="path">Index of ${path}</h1>
${said !== undefined && html`<p class="quiet">${said}</p>`}${pages > 1 && html`<p class="quiet">${folder.size} found.</p>`}
<table class="listing" id="list"><thead><tr><th scope="col">Name</th><th scope="col">Last modified (UTC)</th><th scope="col" class="number">Size</th></tr></thead>
<tbody>
${!isTop && html`<tr><td><a href="../">../</a></td><td></td><td></td></tr>`}
${folder.slice((nth - 1) * pageLength, nth * pageLength).map(line)}</tbody></table>
${links}
${instance !== undefined && sameAs(instance, nth > 1 ? `${addressOf(path)}?page=${nth}` : addressOf(path), toldBy(path))}`,
  });
};

const addressOf = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** What tells of the same things: of the repositories, of one of them, of a past state, or of a source package. */
const toldBy = (path: string): AskedBy => {
  const [tree, repository, inner] = path.split('/').slice(1, -1);
  if (repository === undefined) return { command: 'repositories', given: {}, positional: [] };
  if (tree === 'log' && inner !== undefined)
    return { command: 'history', given: { package: inner }, positional: ['package'] };
  if (tree !== 'snapshots') return { command: 'repository', given: { repository }, positional: ['repository'] };
  return inner === undefined
    ? { command: 'snapshot', given: { action: 'list', repository }, positional: pastStates }
    : { command: 'snapshot', given: { action: 'show', repository, time: inner }, positional: pastStates };
};

const pastStates = ['action', 'repository', 'time'];

const line = ({ name, isFolder, size, modified }: ListedEntry): Html => {
  const shown = isFolder ? `${name}/` : name;
  return html`<tr><td><a href="./${encodeURIComponent(name)}${isFolder && '/'}">${shown}</a></td><td>${modified !== undefined && new Date(modified).toISOString().slice(0, 16).replace('T', ' ')}</td><td class="number">${size}</td></tr>
`;
};

const byName = (a: ListedEntry, b: ListedEntry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
