import { type Html, html } from '../html.ts';
import { type Listed, nameFilter, pager, urlWith } from '../listing.ts';

/** What of the lists of a page is asked for: lines whose words hold `name`, and of each list, by its id, which page of it. Pages count from 1. */
export type AskedOfLists = { readonly name: string; readonly pages: Readonly<Record<string, number>> };

/** As an address says it; what cannot be read is not asked. */
export const askedOfLists = (query: Readonly<Record<string, unknown>>): AskedOfLists => {
  const { name, after: _, ...others } = query;
  return {
    name: typeof name === 'string' ? name.trim().slice(0, 100) : '',
    pages: Object.fromEntries(
      Object.entries(others).flatMap(([id, page]) =>
        typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? [[id, Number(page)]] : [],
      ),
    ),
  };
};

/** The address of the same lists; `id` at another page. */
export const listsUrl = (path: string, { name, pages }: AskedOfLists, id?: string, page = 1): string => {
  const all = { ...pages, ...(id === undefined ? {} : { [id]: page }) };
  return urlWith(path, { name, ...Object.fromEntries(Object.entries(all).filter(([, page]) => page !== 1)) });
};

/** Lines of one page. */
const usualLength = 20;

/** The page of a list that is asked for; the last one for one beyond it. */
export const listed = <Item>(
  { pages: asked }: AskedOfLists,
  id: string,
  found: readonly Item[],
  length = usualLength,
): Listed<Item> => {
  const pages = Math.max(1, Math.ceil(found.length / length));
  const page = Math.min(asked[id] ?? 1, pages);
  return { page, pages, found: found.length, items: found.slice((page - 1) * length, page * length) };
};

/** A field that narrows every list of the page. */
export const narrowed = (path: string, { name }: AskedOfLists, says: string): Html => nameFilter(path, says, name);

/** What a list without lines says: that there is nothing, or nothing of what was asked for. */
export const none = ({ name }: AskedOfLists, otherwise: string): Html =>
  html`<p class="quiet">${name === '' ? otherwise : `Nothing that holds “${name}”.`}</p>`;

/** Back and on in the list that stands at `id`. */
export const listPager = (path: string, asked: AskedOfLists, id: string, list: Listed<unknown>): Html | false =>
  pager(list, (page) => listsUrl(path, asked, id, page), id);

/** Names in one line; of many the first. */
export const someNames = (names: readonly string[], most = 5): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
