import type { SourceName } from '../../domain/debian/names.ts';
import type { World } from '../../projections/world.ts';
import { type Blocks, inBlocks, itemNamed, itemsOf } from './blocks.ts';
import { lastChangedFirst } from './last-changed.ts';
import { type ListAsked, pageOf } from './listing.ts';
import { withNames } from './names-in-order.ts';

/** A page of the source packages whose name holds `part`: in the order of the alphabet, those first that begin with it, or as `sort` says. */
export const searchPackages = ({ contents, uploads }: Pick<World, 'contents' | 'uploads'>) => {
  const installed = packageNames();
  installed(contents.packages);
  return (part: string, nth = 1, sort: SearchSort = 'name') => {
    const all = installed(contents.packages);
    const coming = [...uploads.open.values(), ...uploads.ended].flatMap(
      ({ received: { facts } }) => facts?.source ?? [],
    );
    const names = withNames(all, new Set<string>(coming));
    const found = itemsOf(names).filter((name) => name.includes(part));
    const sorted = inOrder(found, part, sort, (name) => contents.changedAt.get(name as SourceName));
    const { items, ...where } = pageOf(sorted, nth);
    return { ...where, names: items, isKnown: isAmong(names, part) };
  };
};

export const searchSorts = [
  'name',
  'name-back',
  'changed',
  'changed-back',
] as const satisfies readonly ListAsked['sort'][];

export type SearchSort = (typeof searchSorts)[number];

const inOrder = (
  found: readonly string[],
  part: string,
  sort: SearchSort,
  changedAt: (name: string) => number | undefined,
): readonly string[] => {
  switch (sort) {
    case 'name': {
      const isFirst = (name: string): boolean => name.startsWith(part);
      return [...found.filter(isFirst), ...found.filter((name) => !isFirst(name))];
    }
    case 'name-back':
      return found.toReversed();
    case 'changed':
      return lastChangedFirst(found, changedAt);
    case 'changed-back':
      return lastChangedFirst(found, changedAt).toReversed();
  }
};

/** Of packages of every repository, which never forgets one: as many as before are the same ones. */
const packageNames = () => {
  let size = 0;
  let names: Blocks<string> = [];
  return (packages: ReadonlyMap<string, unknown>): Blocks<string> => {
    if (packages.size === size) return names;
    const come = new Set(packages.keys().drop(size).map(sourceIn));
    names = size === 0 ? inBlocks([...come].sort()) : withNames(names, come);
    size = packages.size;
    return names;
  };
};

/** Of `REPOSITORY SOURCE`. */
const sourceIn = (key: string): string => key.slice(key.indexOf(' ') + 1);

const isAmong = (names: Blocks<string>, name: string): boolean => itemNamed(names, name, (each) => each) !== undefined;
