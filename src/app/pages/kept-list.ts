import type { SourceName } from '../../domain/debian/names.ts';
import type { Shelf } from '../../projections/contents.ts';
import { changedSince } from '../../projections/trail.ts';
import { type Blocks, inBlocks, itemsOf, withChanged } from './blocks.ts';
import { namesInOrder } from './names-in-order.ts';

export type Shelved = Pick<Shelf, 'slots' | 'trail'>;

/** Made of some shelves when each had changed so often. */
export type KeptList<Item> = {
  readonly of: readonly Shelved[];
  readonly counts: readonly number[];
  readonly blocks: Blocks<Item>;
};

/**
 * What `present` says of every source on any of some shelves, by name: one and the same blocks until any of them changes, and what
 * changed put in its place after that.
 */
export const upToDate = <Item>(
  known: KeptList<Item> | undefined,
  shelves: readonly Shelved[],
  nameOf: (item: Item) => string,
  present: (source: SourceName) => Item | undefined,
): KeptList<Item> => {
  const counts = shelves.map(({ trail }) => trail.count);
  const changed = known && changesSince(known, shelves);
  if (known === undefined || changed === undefined)
    return { of: shelves, counts, blocks: inBlocks(namesOn(shelves).flatMap((source) => present(source) ?? [])) };
  if (changed.size === 0) return known;
  return { of: shelves, counts, blocks: withChanged(known.blocks, changed, nameOf, present) };
};

/** `undefined` when they are others, or it was too long ago. */
const changesSince = (
  { of, counts }: KeptList<unknown>,
  shelves: readonly Shelved[],
): ReadonlySet<SourceName> | undefined => {
  if (of.length !== shelves.length) return undefined;
  const changed = new Set<SourceName>();
  for (const [n, shelf] of shelves.entries()) {
    const here = shelf === of[n] ? changedSince(shelf.trail, counts[n] as number) : undefined;
    if (here === undefined) return undefined;
    for (const source of here) changed.add(source);
  }
  return changed;
};

const namesOn = (shelves: readonly Shelved[]): readonly SourceName[] => {
  const lists = shelves.map(({ slots }) => itemsOf(namesInOrder(slots)));
  return lists.length === 1 ? (lists[0] ?? []) : [...new Set(lists.flat())].sort();
};
