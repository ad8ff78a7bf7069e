import type { Instant } from '../../../domain/codec.ts';
import { type Html, html } from './html.ts';
import type { Head } from './parts.ts';

export const sorts = ['name', 'name-back', 'changed', 'changed-back', 'changes'] as const;

export type Sort = (typeof sorts)[number];

/** A page of a list: what was asked for, and how much there is. Pages count from 1. */
export type Listed<Item> = {
  readonly page: number;
  readonly pages: number;
  readonly found: number;
  readonly items: readonly Item[];
};

/** Text by which a list was narrowed, and its order. */
export type Narrowed = { readonly name: string; readonly sort: Sort };

/** An address with those arguments that say anything. */
export const urlWith = (path: string, given: Readonly<Record<string, string | number | undefined>>): string => {
  const said = Object.entries(given).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said)}`;
};

/** What of a list is looked at, without what goes without saying. */
export const listQuery = ({ name, sort, page }: Narrowed & { readonly page: number }) => ({
  name,
  sort: sort === 'name' ? undefined : sort,
  page: page === 1 ? undefined : page,
});

/** A field that narrows the list; `kept` goes with it unseen. */
export const narrowing = (
  path: string,
  { name, sort }: Pick<Narrowed, 'name'> & Partial<Narrowed>,
  kept: Readonly<Record<string, string | undefined>>,
): Html =>
  html`<form class="search" action="${path}#packages">${Object.entries({ ...kept, sort }).map(([field, value]) => value !== undefined && html`<input type="hidden" name="${field}" value="${value}">`)}<label class="visually-hidden" for="name">Part of the name</label><input id="name" name="name" type="search" value="${name}" placeholder="Part of the name" maxlength="100"><button>Filter</button></form>`;

/** A field that narrows a list by a part of names; `does` stands on its button. */
export const nameFilter = (path: string, says: string, name: string, does = 'Filter'): Html =>
  html`<form class="search" role="search" aria-label="${says}" action="${path}"><label class="visually-hidden" for="name">${says}</label><input id="name" name="name" type="search" value="${name}" placeholder="${says}" maxlength="100" autocapitalize="none" spellcheck="false"><button>${does}</button></form>`;

/** In what order the list stands, and the ways to the others. */
export const orders = (found: number, { sort }: Narrowed, urlOf: (sort: Sort) => string): Html =>
  html`<p class="quiet">${found} found · in order of ${says.map(([each, text], index) => html`${index > 0 && ', '}${each === sort ? html`<b>${text}</b>` : html`<a href="${urlOf(each)}#packages">${text}</a>`}`)}</p>`;

const says = [
  ['name', 'name'],
  ['name-back', 'name, backwards'],
  ['changed', 'last change'],
  ['changed-back', 'last change, the oldest first'],
  ['changes', 'how often they changed'],
] as const;

/** The head of a column by which a list can be put in order; where it is already, the way to the other direction. */
export const sortable = (text: string, by: 'name' | 'changed', sort: Sort, urlOf: (sort: Sort) => string): Head => {
  const direction = sort === by ? forwards[by] : sort === `${by}-back` ? backwards[forwards[by]] : undefined;
  return { text, url: `${urlOf(sort === by ? `${by}-back` : by)}#packages`, direction };
};

/** To the minute, in UTC; as short as can be, since it stands in each line of a full page. */
export const minute = (at: Instant): Html => html`<time>${at.slice(0, 16).replace('T', ' ')}</time>`;

/** The latest change comes first. */
const forwards = { name: 'ascending', changed: 'descending' } as const;

const backwards = { ascending: 'descending', descending: 'ascending' } as const;

/** Back and on, where there is more than one page; `at` is the id of what is paged. */
export const pager = (
  { page, pages }: Pick<Listed<unknown>, 'page' | 'pages'>,
  urlOf: (page: number) => string,
  at = 'packages',
): Html | false =>
  pages > 1 &&
  html`<nav class="pages" aria-label="Pages">${page > 1 && html`<a rel="prev" href="${urlOf(page - 1)}#${at}">Back</a>`} <span class="quiet">page ${page} of ${pages}</span> ${page < pages && html`<a rel="next" href="${urlOf(page + 1)}#${at}">On</a>`}</nav>`;
