/**
 * A list by name, in pieces that are never changed: with another item a piece is replaced, and what was found out about all others stays
 * good. So a look at a long list after a change costs what changed.
 */
export type Blocks<Item> = readonly Block<Item>[];
export type Block<Item> = readonly Item[];

/** Items of a block that nothing happened to. */
const usual = 128;

/** Of items that are by name. */
export const inBlocks = <Item>(items: readonly Item[]): Blocks<Item> =>
  Array.from({ length: Math.ceil(items.length / usual) }, (_, n) => items.slice(n * usual, (n + 1) * usual));

export const itemsOf = <Item>(blocks: Blocks<Item>): readonly Item[] => ([] as Item[]).concat(...blocks);

export const countItems = (blocks: Blocks<unknown>): number => blocks.reduce((sum, { length }) => sum + length, 0);

type NameOf<Item> = (item: Item) => string;

/** With what `present` says of each of `names`: its item by now, or none. */
export const withChanged = <Item, Name extends string>(
  blocks: Blocks<Item>,
  names: Iterable<Name>,
  nameOf: NameOf<Item>,
  present: (name: Name) => Item | undefined,
): Blocks<Item> => {
  const changed = [...blocks];
  for (const name of names) {
    const at = blockOf(changed, name, nameOf);
    const block = changed[at] ?? [];
    const place = placeIn(block, name, nameOf);
    const before = itemAt(block, place, name, nameOf);
    const after = present(name);
    if (before === after) continue;
    const next = block.toSpliced(place, before === undefined ? 0 : 1, ...(after === undefined ? [] : [after]));
    changed.splice(at, 1, ...(next.length > 2 * usual ? inBlocks(next) : next.length === 0 ? [] : [next]));
  }
  return changed;
};

/** The item of that name. */
export const itemNamed = <Item>(blocks: Blocks<Item>, name: string, nameOf: NameOf<Item>): Item | undefined => {
  const block = blocks[blockOf(blocks, name, nameOf)] ?? [];
  return itemAt(block, placeIn(block, name, nameOf), name, nameOf);
};

/** Whether two lists have the very same items. Of two that were one it costs what changed since. */
export const haveSameItems = (one: Blocks<unknown>, other: Blocks<unknown>): boolean => {
  let [here, there] = [0, 0];
  for (let [nth, nthThere] = [0, 0]; here < one.length && there < other.length; ) {
    const [block, blockThere] = [one[here] as Block<unknown>, other[there] as Block<unknown>];
    if (nth === 0 && nthThere === 0 && block === blockThere) {
      here += 1;
      there += 1;
      continue;
    }
    if (block[nth] !== blockThere[nthThere]) return false;
    nth += 1;
    nthThere += 1;
    if (nth === block.length) [here, nth] = [here + 1, 0];
    if (nthThere === blockThere.length) [there, nthThere] = [there + 1, 0];
  }
  return here === one.length && there === other.length;
};

/** What is found out about a block, once as long as anybody has it. */
export const onceEachBlock = <Item, Found>(): ((block: Block<Item>, find: (block: Block<Item>) => Found) => Found) => {
  const known = new WeakMap<Block<Item>, Found>();
  return (block, find) => {
    const found = known.get(block) ?? find(block);
    known.set(block, found);
    return found;
  };
};

const itemAt = <Item>(block: Block<Item>, place: number, name: string, nameOf: NameOf<Item>): Item | undefined => {
  const item = block[place];
  return item !== undefined && nameOf(item) === name ? item : undefined;
};

/** The one that a name stands in, or would. */
const blockOf = <Item>(blocks: Blocks<Item>, name: string, nameOf: NameOf<Item>): number =>
  Math.max(0, firstWhere(blocks, ([first]) => first !== undefined && nameOf(first) > name) - 1);

const placeIn = <Item>(block: Block<Item>, name: string, nameOf: NameOf<Item>): number =>
  firstWhere(block, (item) => nameOf(item) >= name);

/** Where what `isBeyond` begins, in a list that has all of it at its end. */
const firstWhere = <Each>(list: readonly Each[], isBeyond: (each: Each) => boolean): number => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBeyond(list[middle] as Each)) high = middle;
    else low = middle + 1;
  }
  return low;
};
