import { right } from 'fp-ts/lib/Either.js';
import { text } from '../../domain/codec.ts';
import type { World } from '../../projections/world.ts';
import { searchPackages } from '../pages/search.ts';
import { orNothing } from './arguments.ts';
import { type Command, command } from './command.ts';

const PartOfName = text('PartOfName', /^[\x21-\x7e]{1,100}$/, 'at most 100 characters of a name');

/** `search`: source packages by a part of their name, as the field in the head of every page finds them. */
export const search = (world: World): Command => {
  const found = searchPackages(world);
  return command({
    name: 'search',
    summary: 'Finds source packages by a part of their name, also those that are not installed any more or not yet',
    arguments: {
      name: {
        codec: orNothing(PartOfName),
        positional: true,
        short: undefined,
        fallback: '',
        summary: 'A part of the name; without it, the first of all',
      },
    },
    privilege: 'none',
    run: ({ name }) => {
      const { names, found: all } = found((name ?? '').toLowerCase());
      const more = all > names.length ? `and ${all - names.length} more\n` : '';
      return right({
        json: { found: all, names },
        plain: `${names.map((each) => `${each}\n`).join('') || 'none\n'}${more}`,
      });
    },
  });
};
