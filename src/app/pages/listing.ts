import { type Block, type Blocks, onceEachBlock } from './blocks.ts';

/** How a list of packages is asked for. */
export type ListAsked = {
  /** A part of the names of source packages, or of binary packages. */
  readonly name: string;
  readonly sort: 'name' | 'name-back' | 'changes';
  /** From 1; the last one for one that is beyond it. */
  readonly page: number;
};

/** Of one page. */
export const pageLength = 36;

/** The page of `items` that is asked for, and how many pages and items there are. */
export const pageOf = <Item>(items: readonly Item[], asked: number) => {
  const pages = Math.max(1, Math.ceil(items.length / pageLength));
  const page = Math.min(asked, pages);
  return { page, pages, found: items.length, items: items.slice((page - 1) * pageLength, page * pageLength) };
};

/** How often something changed; looked up once for each item, and true ever after. */
type Story = { readonly changes: number } | undefined;

/**
 * Puts what was `found` of `all`, both by name, in another order. A list may have a hundred thousand items, of which `storyOf` knows how
 * often each changed: it is asked once for each block.
 */
export const sorting = <Item extends object | string>() => {
  const stories = onceEachBlock<Item, readonly Story[]>();
  return (
    all: Blocks<Item>,
    found: readonly Item[],
    sort: ListAsked['sort'],
    storyOf: (item: Item) => Story,
  ): readonly Item[] => {
    if (sort === 'name') return found;
    if (sort === 'name-back') return found.toReversed();
    const order = mostChanged(all, (block) => stories(block, (items) => items.map(storyOf)));
    if (found.length === order.length) return order;
    const isFound = new Set(found);
    return order.filter((item) => isFound.has(item));
  };
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
