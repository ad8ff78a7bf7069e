import type { Architecture } from './names.ts';

/**
 * Whether a word of a `.dsc`'s `Architecture` field covers a Linux architecture: `any`, `linux-any`, `any-amd64`, `amd64`
 * (Policy §11.1.1). `all` covers none: arch-indep packages are built where the distribution says.
 */
export const covers = (word: string, architecture: Architecture): boolean =>
  [architecture, 'any', 'linux-any', `any-${architecture}`, `linux-${architecture}`].includes(word);
