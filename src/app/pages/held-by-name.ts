import type { HeldVersion } from '../../ports/archive.ts';
import { type Blocks, inBlocks, itemNamed } from './blocks.ts';
import { type KeptList, type Shelved, upToDate } from './kept-list.ts';

type Lists = Map<number | undefined, KeptList<HeldVersion>>;

const kept = new WeakMap<Shelved['slots'], Lists>();

/** What a shelf holds, or held as a rollback, by name of the source: one and the same blocks until anything changes. */
export const heldByName = (shelf: Shelved, rollback?: number | undefined): Blocks<HeldVersion> => {
  const { slots } = shelf;
  const lists: Lists = kept.get(slots) ?? new Map();
  kept.set(slots, lists);
  const list = upToDate(lists.get(rollback), [shelf], sourceOf, (source) => {
    const slot = slots.get(source);
    return rollback === undefined ? slot?.present : slot?.earlier[rollback];
  });
  lists.set(rollback, list);
  return list.blocks;
};

const sorted = new WeakMap<readonly HeldVersion[], Blocks<HeldVersion>>();

/** The same of a list that was made elsewhere. */
export const byName = (holds: readonly HeldVersion[]): Blocks<HeldVersion> => {
  const list =
    sorted.get(holds) ?? inBlocks(holds.toSorted(({ source: one }, { source: other }) => (one < other ? -1 : 1)));
  sorted.set(holds, list);
  return list;
};

/** The one of a source. */
export const ofSource = (holds: Blocks<HeldVersion>, source: string): HeldVersion | undefined =>
  itemNamed(holds, source, sourceOf);

const sourceOf = ({ source }: HeldVersion): string => source;
