import * as t from 'io-ts';
import { text } from '../../domain/codec.ts';
import { type ListAsked, sorts } from '../pages/listing.ts';
import { choice, orNothing } from './arguments.ts';
import type { ArgumentOf } from './command.ts';

/** A part of a name as people type it. */
const PartOfName = text('PartOfName', /^[\x20-\x7e]{1,100}$/, 'at most 100 characters of a name');

const Page = new t.Type<number | undefined, string, unknown>(
  'Page',
  (input): input is number | undefined => input === undefined || typeof input === 'number',
  (input, context) => {
    if (input === '') return t.success(undefined);
    return /^[1-9]\d{0,5}$/.test(String(input))
      ? t.success(Number(input))
      : t.failure(input, context, 'a whole number from 1');
  },
  String,
);

export const pageWith = (fallback: string, summary: string): ArgumentOf<number | undefined> => ({
  codec: Page,
  positional: false,
  short: undefined,
  fallback,
  summary,
});

/** How a list of packages is asked for, by a page and by a program alike. */
export const listArguments = {
  name: {
    codec: orNothing(PartOfName),
    positional: false,
    short: undefined,
    fallback: '',
    summary: 'Only packages in whose name, or in that of a binary package, this is found',
  } satisfies ArgumentOf<string | undefined>,
  sort: choice(
    sorts,
    'By name, by last change with the latest first, each of these backwards, or by how often they changed',
  ),
  page: pageWith('1', 'Page of the list, from 1'),
};

/** Without it, all pages. */
export const maybePage = pageWith('', 'Only this page of the list, from 1');

export const listAsked = (given: {
  readonly name: string | undefined;
  readonly sort: ListAsked['sort'];
  readonly page: number | undefined;
}): ListAsked => ({ sort: given.sort, page: given.page ?? 1, name: partOfName(given) });

/** Packages are written in small letters. */
export const partOfName = ({ name }: { readonly name: string | undefined }): string => (name ?? '').toLowerCase();

/** Below a list: where in it one is. */
export const whereInList = ({ page, pages, found }: { page: number; pages: number; found: number }): string =>
  pages > 1 ? `page ${page} of ${pages}, ${found} in all\n` : '';
