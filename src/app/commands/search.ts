import { right } from 'fp-ts/lib/Either.js';
import { text } from '../../domain/codec.ts';
import type { World } from '../../projections/world.ts';
import { searchPackages, searchSorts } from '../pages/search.ts';
import { NamesFound } from './answer-shapes.ts';
import { choice, orNothing } from './arguments.ts';
import { type Command, command } from './command.ts';
import { pageWith } from './list-arguments.ts';

const PartOfName = text('PartOfName', /^[\x21-\x7e]{1,100}$/, 'at most 100 characters of a name');

/** `search`: source packages by a part of their name, as the field in the head of every page finds them. */
export const search = (world: World): Command => {
  const found = searchPackages(world);
  return command({
    name: 'search',
    answer: NamesFound,
    summary: 'Finds source packages by a part of their name, also those that are not installed any more or not yet',
    arguments: {
      name: {
        codec: orNothing(PartOfName),
        positional: true,
        short: undefined,
        fallback: '',
        summary: 'A part of the name; without it, all',
      },
      sort: choice(searchSorts, 'By name, by last change with the latest first, or each of these backwards'),
      page: pageWith('1', 'This page of them, from 1'),
    },
    privilege: 'none',
    run: ({ name, page: nth, sort }) => {
      const { names, found: all, page, pages } = found((name ?? '').toLowerCase(), nth, sort);
      const more = pages > 1 ? `page ${page} of ${pages}, ${all} in all\n` : '';
      return right({
        json: { found: all, page, pages, names },
        plain: `${names.map((each) => `${each}\n`).join('') || 'none\n'}${more}`,
      });
    },
  });
};
