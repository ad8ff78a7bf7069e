const known = new WeakMap<ReadonlyMap<string, unknown>, readonly string[]>();

/**
 * Keys of a map that never forgets one, in order: as many as before are the same ones, and what is new stands at the map's end. Sorted
 * once; afterwards what is new is put in its place.
 */
export const namesInOrder = <Name extends string>(map: ReadonlyMap<Name, unknown>): readonly Name[] => {
  const before = (known.get(map) ?? []) as readonly Name[];
  if (before.length === map.size) return before;
  const names = [...before, ...map.keys().drop(before.length)].sort();
  known.set(map, names);
  return names;
};
