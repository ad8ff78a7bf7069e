import type { HeldVersion } from '../../ports/archive.ts';
import { type Block, type Blocks, onceEachBlock } from './blocks.ts';

/** One text of all names, so that a part of one is found by one look through it, and where the names of each version begin in it. */
type Names = { readonly text: string; readonly starts: Uint32Array };

const namesKept = onceEachBlock<HeldVersion, Names>();

/** Stands in no name. */
const end = '\n';

/** Those of which the source package, or one of the binary packages, has `part` in its name. Asked again of the same blocks it costs next to nothing. */
export const calledSo = (holds: Blocks<HeldVersion>, part: string): readonly HeldVersion[] =>
  part.includes(end) ? [] : holds.flatMap((block) => calledSoIn(block, part));

/** Whoever searches these first finds their names ready. */
export const namesAtHand = (holds: Blocks<HeldVersion>): void => {
  for (const block of holds) namesKept(block, namesOf);
};

const calledSoIn = (block: Block<HeldVersion>, part: string): readonly HeldVersion[] => {
  const { text, starts } = namesKept(block, namesOf);
  const found: HeldVersion[] = [];
  let at = text.indexOf(part);
  for (let n = 0; n < block.length && at !== -1; n += 1) {
    const next = starts[n + 1] ?? text.length + 1;
    if (at >= next) continue;
    found.push(block[n] as HeldVersion);
    at = text.indexOf(part, next);
  }
  return found;
};

const namesOf = (block: Block<HeldVersion>): Names => {
  const starts = new Uint32Array(block.length);
  const pieces: string[] = [];
  let length = 0;
  for (const [n, { source, binaries }] of block.entries()) {
    starts[n] = length;
    const of = [source, ...binaries.map((binary) => binary.package)].join(end);
    pieces.push(of);
    length += of.length + end.length;
  }
  return { text: pieces.join(end), starts };
};
