import type { HeldVersion } from '../../ports/archive.ts';

/** One text of all names, so that a part of one is found by one look through it, and where the names of each version begin in it. */
type Names = { readonly text: string; readonly starts: Uint32Array };

const known = new WeakMap<readonly HeldVersion[], Names>();

/** Stands in no name. */
const end = '\n';

/** Those of which the source package, or one of the binary packages, has `part` in its name. Asked again of the same list it costs next to nothing. */
export const calledSo = (holds: readonly HeldVersion[], part: string): readonly HeldVersion[] => {
  if (part.includes(end)) return [];
  const names = known.get(holds) ?? namesOf(holds);
  known.set(holds, names);
  const found: HeldVersion[] = [];
  for (let at = names.text.indexOf(part); at !== -1 && found.length < holds.length; ) {
    const n = ownerOf(names, at);
    found.push(holds[n] as HeldVersion);
    const next = names.starts[n + 1];
    at = next === undefined ? -1 : names.text.indexOf(part, next);
  }
  return found;
};

const namesOf = (holds: readonly HeldVersion[]): Names => {
  const starts = new Uint32Array(holds.length);
  const pieces: string[] = [];
  let length = 0;
  for (const [n, { source, binaries }] of holds.entries()) {
    starts[n] = length;
    const of = [source, ...binaries.map((binary) => binary.package)].join(end);
    pieces.push(of);
    length += of.length + end.length;
  }
  return { text: pieces.join(end), starts };
};

/** Which version the name at `at` is one of. */
const ownerOf = ({ starts }: Names, at: number): number => {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
};
