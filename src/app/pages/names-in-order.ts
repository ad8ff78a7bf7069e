import { type Blocks, inBlocks, withChanged } from './blocks.ts';

type Known = { readonly size: number; readonly names: Blocks<string> };

const known = new WeakMap<ReadonlyMap<string, unknown>, Known>();

/**
 * Keys of a map that never forgets one, in order: as many as before are the same ones, and what is new stands at the map's end. Sorted
 * once; afterwards what is new is put in its place.
 */
export const namesInOrder = <Name extends string>(map: ReadonlyMap<Name, unknown>): Blocks<Name> => {
  const before = known.get(map) as { readonly size: number; readonly names: Blocks<Name> } | undefined;
  if (before?.size === map.size) return before.names;
  const names =
    before === undefined ? inBlocks([...map.keys()].sort()) : withNames(before.names, map.keys().drop(before.size));
  known.set(map, { size: map.size, names });
  return names;
};

/** Names in order, with others in their places. */
export const withNames = <Name extends string>(names: Blocks<Name>, others: Iterable<Name>): Blocks<Name> =>
  withChanged(
    names,
    others,
    (name) => name,
    (name) => name,
  );
