import type { Stanza } from './archive-orders.ts';

/** Stanzas of an index that follow each other, and the package they begin with. */
export type Run = { readonly first: string; readonly plain: Buffer };

/** Bytes of text after which a run ends. Shorter ones compress worse, longer ones cost more to change. */
const runSize = 64 * 1024;

export const byName = (one: Stanza, other: Stanza): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : 0;

/** Sorts them by package. */
export const cutStanzas = (stanzas: readonly Stanza[]): readonly Run[] => {
  const runs: { first: string; texts: string[]; size: number }[] = [];
  for (const { name, text } of stanzas.toSorted(byName)) {
    let run = runs.at(-1);
    if (run === undefined || run.size >= runSize) {
      run = { first: name, texts: [], size: 0 };
      runs.push(run);
    }
    run.texts.push(text);
    run.size += text.length;
  }
  return runs.map(({ first, texts }) => ({ first, plain: Buffer.from(texts.join(''), 'latin1') }));
};

/** The same of a text that is sorted. */
export const cutText = (text: Buffer): readonly Run[] => {
  const runs: Run[] = [];
  for (let from = 0; from < text.length; ) {
    const gap = text.indexOf('\n\n', from + runSize);
    const plain = text.subarray(from, gap < 0 ? text.length : gap + 2);
    runs.push({ first: plain.toString('latin1', 'Package: '.length, plain.indexOf('\n')), plain });
    from += plain.length;
  }
  return runs;
};

export const stanzasIn = (plain: Buffer): readonly Stanza[] =>
  plain
    .toString('latin1')
    .split(/(?<=\n\n)/)
    .filter((text) => text !== '')
    .map((text) => ({ name: text.slice('Package: '.length, text.indexOf('\n')), text }));
