/**
 * `items` in portions of at most `most`, in order; one empty portion when there are none. An event stays below 64 kB, so what
 * can be long is said in several events of one append.
 */
export const portions = <Item>(
  items: readonly Item[],
  most: number,
): readonly [...(readonly Item[])[], readonly Item[]] => {
  const cut: (readonly Item[])[] = [];
  let at = 0;
  for (; items.length - at > most; at += most) cut.push(items.slice(at, at + most));
  return [...cut, items.slice(at)];
};

/** Binary packages an event may carry: with the longest names that Debian allows it still stays below 64 kB. */
export const mostBinaries = 60;

/** Bytes of binary packages that one append may say: with all that stands around its portions it stays below 1 MiB, which is what a log takes at once. */
export const mostOfBinaries = 880_000;
