/** How a list of packages is asked for. */
export type ListAsked = {
  /** A part of the names of source packages, or of binary packages. */
  readonly name: string;
  readonly sort: 'name' | 'name-back' | 'changes';
  /** From 1; the last one for one that is beyond it. */
  readonly page: number;
};

/** Of one page. */
export const pageLength = 40;

/** The page of `items` that is asked for, and how many pages and items there are. */
export const pageOf = <Item>(items: readonly Item[], asked: number) => {
  const pages = Math.max(1, Math.ceil(items.length / pageLength));
  const page = Math.min(asked, pages);
  return { page, pages, found: items.length, items: items.slice((page - 1) * pageLength, page * pageLength) };
};

/** Those that are by name already, in another order. `asOf` changes whenever `changesOf` would give anything else. */
export const sortedBy = <Item extends object | string>(
  items: readonly Item[],
  sort: ListAsked['sort'],
  changesOf: (item: Item) => number,
  asOf: number,
): readonly Item[] => {
  if (sort === 'name') return items;
  return sort === 'name-back' ? items.toReversed() : mostChanged(items, changesOf, asOf);
};

const kept = new WeakMap<readonly unknown[], { readonly asOf: number; readonly list: readonly unknown[] }>();

/** What changed as often stays by name. */
const mostChanged = <Item>(items: readonly Item[], changesOf: (item: Item) => number, asOf: number) => {
  const known = kept.get(items);
  if (known?.asOf === asOf) return known.list as readonly Item[];
  const alike = Map.groupBy(items, changesOf);
  const list = [...alike.keys()].sort((one, other) => other - one).flatMap((changes) => alike.get(changes) ?? []);
  kept.set(items, { asOf, list });
  return list;
};
