import type { HeldVersion } from '../../ports/archive.ts';
import type { Shelf } from '../../projections/contents.ts';
import { namesInOrder } from './names-in-order.ts';

type Lists = { readonly changes: number; readonly by: Map<number | undefined, readonly HeldVersion[]> };

const kept = new WeakMap<Shelf['slots'], Lists>();

/** What a shelf holds, or held as a rollback, by name of the source: one and the same list until anything changes. */
export const heldByName = (
  { slots, changes }: Pick<Shelf, 'slots' | 'changes'>,
  rollback?: number | undefined,
): readonly HeldVersion[] => {
  const known = kept.get(slots);
  const lists = known?.changes === changes ? known : { changes, by: new Map() };
  kept.set(slots, lists);
  const list =
    lists.by.get(rollback) ??
    namesInOrder(slots).flatMap((source) => {
      const slot = slots.get(source);
      return (rollback === undefined ? slot?.present : slot?.earlier[rollback]) ?? [];
    });
  lists.by.set(rollback, list);
  return list;
};

const sorted = new WeakMap<readonly HeldVersion[], readonly HeldVersion[]>();

/** The same of a list that was made elsewhere. */
export const byName = (holds: readonly HeldVersion[]): readonly HeldVersion[] => {
  const list = sorted.get(holds) ?? holds.toSorted(({ source: one }, { source: other }) => (one < other ? -1 : 1));
  sorted.set(holds, list);
  return list;
};

/** The one of a source in a list by name. */
export const ofSource = (holds: readonly HeldVersion[], source: string): HeldVersion | undefined => {
  let [low, high] = [0, holds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((holds[middle] as HeldVersion).source < source) low = middle + 1;
    else high = middle;
  }
  return holds[low]?.source === source ? holds[low] : undefined;
};
