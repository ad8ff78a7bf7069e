/** Names with numbers, of which the greatest is known at once, however many there are: a heap, changed in place. */
export type Longest<Name> = { readonly heap: Entry<Name>[]; readonly places: Map<Name, number> };

type Entry<Name> = { readonly name: Name; readonly length: number };

export const noneLong = <Name>(): Longest<Name> => ({ heap: [], places: new Map() });

/** Takes a name in, or notes that its number is another one by now. */
export const noteLength = <Name>(among: Longest<Name>, name: Name, length: number): void => {
  const place = among.places.get(name) ?? among.heap.length;
  put(among, { name, length }, place);
  settle(among, place);
};

export const forgetLength = <Name>(among: Longest<Name>, name: Name): void => {
  const place = among.places.get(name);
  const last = among.heap.at(-1);
  if (place === undefined || last === undefined) return;
  among.heap.pop();
  among.places.delete(name);
  if (last.name === name) return;
  put(among, last, place);
  settle(among, place);
};

/** The greatest number of a name other than `but`; 0 where there is none. */
export const longestBut = <Name>({ heap }: Longest<Name>, but: Name): number =>
  heap[0]?.name === but ? nextLength(heap) : (heap[0]?.length ?? 0);

/** The same as long as `longestBut` says the same of every name. */
export const summitOf = <Name>({ heap }: Longest<Name>): string => {
  const [first] = heap;
  const next = nextLength(heap);
  if (first === undefined) return '';
  return first.length === next ? `${next}` : `${first.length} ${next} ${first.name}`;
};

const nextLength = (heap: readonly Entry<unknown>[]): number => Math.max(heap[1]?.length ?? 0, heap[2]?.length ?? 0);

const put = <Name>({ heap, places }: Longest<Name>, entry: Entry<Name>, place: number): void => {
  heap[place] = entry;
  places.set(entry.name, place);
};

/** Up while it is greater than what stands above it, else down while it is less than what stands below. */
const settle = <Name>(among: Longest<Name>, from: number): void => {
  let place = from;
  while (place > 0 && swap(among, (place - 1) >>> 1, place)) place = (place - 1) >>> 1;
  for (;;) {
    const [left, right] = [2 * place + 1, 2 * place + 2];
    const greater = lengthAt(among, right) > lengthAt(among, left) ? right : left;
    if (!swap(among, place, greater)) return;
    place = greater;
  }
};

const lengthAt = <Name>({ heap }: Longest<Name>, place: number): number => heap[place]?.length ?? -1;

/** Puts them in order; whether they were not. */
const swap = <Name>(among: Longest<Name>, above: number, below: number): boolean => {
  const [one, other] = [among.heap[above], among.heap[below]];
  if (one === undefined || other === undefined || one.length >= other.length) return false;
  put(among, other, above);
  put(among, one, below);
  return true;
};
