/** So many things are named to a person. */
const mostNamed = 20;

/** As many as a person reads, and how many there are besides. */
export const some = (sentences: readonly string[]): readonly string[] =>
  sentences.length <= mostNamed
    ? sentences
    : [...sentences.slice(0, mostNamed), `and ${sentences.length - mostNamed} more of this kind`];

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A sentence about some of a kind, where there are any. */
export const ifAny = (count: number, says: string): readonly string[] => (count === 0 ? [] : [says]);
