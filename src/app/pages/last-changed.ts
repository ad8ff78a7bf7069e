/** Longer lists than any. */
const most = 2 ** 22;

/** Seconds are counted from here, and with a place in a list fill a number until 2088. */
const beginning = Date.UTC(2020) / 1000;

/**
 * `found` in the order in which its items changed last, the latest first; what changed within the same second stays by name, and what never
 * did comes last. One number says when and where in the list: a hundred thousand of them are sorted in a few milliseconds. `changedAt` in
 * milliseconds.
 */
export const lastChangedFirst = <Item>(
  found: readonly Item[],
  changedAt: (item: Item, nth: number) => number | undefined,
): readonly Item[] => {
  const keys = new Float64Array(found.length);
  for (const [n, item] of found.entries()) {
    const seconds = Math.max(0, Math.floor((changedAt(item, n) ?? 0) / 1000) - beginning);
    keys[n] = seconds * most + (most - 1 - n);
  }
  keys.sort().reverse();
  const order: Item[] = [];
  for (const key of keys) order.push(found[most - 1 - (key % most)] as Item);
  return order;
};
