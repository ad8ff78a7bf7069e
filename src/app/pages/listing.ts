import type { HeldVersion } from '../../ports/archive.ts';

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

/** By name, or by how often they changed. Names of packages are ASCII (Policy §5.6.7). */
export const sortedBy = <Item>(
  items: readonly Item[],
  sort: ListAsked['sort'],
  nameOf: (item: Item) => string,
  changesOf: (item: Item) => number,
): readonly Item[] => {
  const byName = [...items].sort((one, other) => order(nameOf(one), nameOf(other)));
  if (sort === 'name') return byName;
  return sort === 'name-back' ? byName.reverse() : byName.sort((one, other) => changesOf(other) - changesOf(one));
};

export const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export const isCalled = ({ source, binaries }: HeldVersion, part: string): boolean =>
  source.includes(part) || binaries.some((binary) => binary.package.includes(part));
