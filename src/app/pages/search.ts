import type { World } from '../../projections/world.ts';
import { type Blocks, inBlocks, itemNamed, itemsOf } from './blocks.ts';
import { pageOf } from './listing.ts';
import { withNames } from './names-in-order.ts';

/** A page of the source packages whose name holds `part`, in the order of the alphabet, those first that begin with it. */
export const searchPackages = ({ contents, uploads }: Pick<World, 'contents' | 'uploads'>) => {
  const installed = packageNames();
  installed(contents.packages);
  return (part: string, nth = 1) => {
    const all = installed(contents.packages);
    const coming = [...uploads.open.values(), ...uploads.ended].flatMap(
      ({ received: { facts } }) => facts?.source ?? [],
    );
    const names = withNames(all, new Set<string>(coming));
    const found = itemsOf(names).filter((name) => name.includes(part));
    const isFirst = (name: string): boolean => name.startsWith(part);
    const sorted = [...found.filter(isFirst), ...found.filter((name) => !isFirst(name))];
    const { items, ...where } = pageOf(sorted, nth);
    return { ...where, names: items, isKnown: isAmong(names, part) };
  };
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
