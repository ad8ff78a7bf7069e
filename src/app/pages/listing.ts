import { type Block, type Blocks, itemsOf, onceEachBlock } from './blocks.ts';
import { lastChangedFirst } from './last-changed.ts';

/** By name, by when they changed last (the latest first), each of these backwards, or those first that changed most often. */
export const sorts = ['name', 'name-back', 'changed', 'changed-back', 'changes'] as const;

type Sort = (typeof sorts)[number];

/** How a list of packages is asked for. */
export type ListAsked = {
  /** A part of the names of source packages, or of binary packages. */
  readonly name: string;
  readonly sort: Sort;
  /** From 1; the last one for one that is beyond it. */
  readonly page: number;
};

/** Of one page. */
export const pageLength = 36;

/** Of one whose rows say of two sides what stands there. */
export const comparedLength = 26;

/** The page of `items` that is asked for, and how many pages and items there are. */
export const pageOf = <Item>(items: readonly Item[], asked: number, length = pageLength) => {
  const pages = Math.max(1, Math.ceil(items.length / length));
  const page = Math.min(asked, pages);
  return { page, pages, found: items.length, items: items.slice((page - 1) * length, page * length) };
};

/** How often something changed, and when last; looked up once for each item, and true ever after. */
type Story = { readonly changes: number; readonly changedAt?: number } | undefined;

/**
 * Puts what was `found` of `all`, both by name, in another order. A list may have a hundred thousand items, of which `storyOf` knows how
 * often each changed, and when last: it is asked once for each block. `since`, where it is given, knows when of what stands in one place:
 * it is asked once for each list, which is another one after any change in that place.
 */
export const sorting = <Item extends object | string>() => {
  const stories = onceEachBlock<Item, readonly Story[]>();
  const latest = new WeakMap<Blocks<Item>, readonly Item[]>();
  return (
    all: Blocks<Item>,
    found: readonly Item[],
    sort: ListAsked['sort'],
    storyOf: (item: Item) => Story,
    since?: (item: Item) => number | undefined,
  ): readonly Item[] => {
    const storiesOf = (block: Block<Item>) => stories(block, (items) => items.map(storyOf));
    const lastChanged = (): readonly Item[] => {
      const order =
        since === undefined
          ? lastChangedByStory(all, storiesOf)
          : (latest.get(all) ?? lastChangedFirst(itemsOf(all), since));
      if (since !== undefined) latest.set(all, order);
      return order;
    };
    switch (sort) {
      case 'name':
        return found;
      case 'name-back':
        return found.toReversed();
      case 'changes':
        return amongFound(mostChanged(all, storiesOf), found);
      case 'changed':
        return amongFound(lastChanged(), found);
      case 'changed-back':
        return amongFound(lastChanged(), found).toReversed();
    }
  };
};

const amongFound = <Item>(order: readonly Item[], found: readonly Item[]): readonly Item[] => {
  if (found.length === order.length) return order;
  const isFound = new Set(found);
  return order.filter((item) => isFound.has(item));
};

const lastChangedByStory = <Item>(
  all: Blocks<Item>,
  storiesOf: (block: Block<Item>) => readonly Story[],
): readonly Item[] => {
  const known = all.flatMap(storiesOf);
  return lastChangedFirst(itemsOf(all), (_, n) => known[n]?.changedAt);
};

/** What changed as often stays by name. */
const mostChanged = <Item>(all: Blocks<Item>, storiesOf: (block: Block<Item>) => readonly Story[]): readonly Item[] => {
  const alike = new Map<number, Item[]>();
  for (const block of all) {
    for (const [n, story] of storiesOf(block).entries()) {
      const changes = story?.changes ?? 0;
      const others = alike.get(changes);
      if (others === undefined) alike.set(changes, [block[n] as Item]);
      else others.push(block[n] as Item);
    }
  }
  const order = [...alike.keys()].sort((one, other) => other - one);
  return ([] as Item[]).concat(...order.map((changes) => alike.get(changes) ?? []));
};
