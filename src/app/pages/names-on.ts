import type { SourceName } from '../../domain/debian/names.ts';
import type { Shelf } from '../../projections/contents.ts';

const known = new WeakMap<Shelf['slots'], readonly SourceName[]>();

/** Names of all source packages that a shelf ever held, in order. A shelf forgets none, so that as many as before are the same: they are sorted when one is new. */
export const namesOn = ({ slots }: Shelf): readonly SourceName[] => {
  const before = known.get(slots);
  if (before?.length === slots.size) return before;
  const names = [...slots.keys()].sort();
  known.set(slots, names);
  return names;
};
