import { readFileSync } from 'node:fs';
import type { IndexOrder, WrittenIndex } from './archive-orders.ts';
import { type IndexText, indexText, noText } from './index-text.ts';
import { isUntidy, type Made, newIndex, patchedIndex, type SegmentedIndex, tidied } from './segmented-index.ts';
import { cutStanzas, cutText } from './stanza-runs.ts';

/** Writes indices, and remembers what they were for the next patch. One whose writing failed is forgotten. */
export const rememberedIndices = () => {
  const indices = new Map<string, SegmentedIndex>();

  const patched = (name: string, { gz, sha256, patch }: Patching, to: string): Made => {
    const before = indices.get(name);
    if (before?.sha256 !== sha256) throw new Error(`${gz} is not the index that is remembered`);
    return patchedIndex(before, patch, gz, to);
  };

  const forget = (name: string): void => {
    indices.get(name)?.text.close();
    indices.delete(name);
  };

  const write = async ({ to, remember, from }: IndexOrder): Promise<WrittenIndex> => {
    if (remember === undefined) return (await made(from, noText, to)).written;
    const { name, folder } = remember;
    try {
      const { written, index } =
        from.kind === 'patch' ? patched(name, from, to) : await made(from, indexText(folder), to);
      if (from.kind !== 'patch') forget(name);
      indices.set(name, isUntidy(index) ? moved(index, folder) : index);
      return written;
    } catch (error) {
      forget(name);
      throw error;
    }
  };

  return {
    write,
    forget: (prefix: string): void => {
      for (const name of [...indices.keys()]) if (name.startsWith(prefix)) forget(name);
    },
  };
};

type Patching = Extract<IndexOrder['from'], { kind: 'patch' }>;

const made = async (from: IndexOrder['from'], text: IndexText, to: string): Promise<Made> => {
  try {
    switch (from.kind) {
      case 'stanzas':
        return await newIndex(cutStanzas(from.stanzas), text, to);
      case 'text':
        return await newIndex(cutText(readFileSync(from.path)), text, to);
      case 'patch':
        throw new Error(`${from.gz} was not remembered`);
    }
  } catch (error) {
    text.close();
    throw error;
  }
};

const moved = (index: SegmentedIndex, folder: string): SegmentedIndex => {
  const tidy = tidied(index, indexText(folder));
  index.text.close();
  return tidy;
};
