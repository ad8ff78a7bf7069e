import type { Release } from './release.ts';

/**
 * What stands for a base distribution in our versions (`~test12+1`), guessed from its `Release`: of Debian 7 and later
 * the first number, of anything else two (`12.10` is `1210`), and without a version with a dot `~CODENAME`, since
 * testing sorts below what it will be.
 */
export const guessCodeversion = ({
  origin,
  version,
  codename,
}: Pick<Release, 'origin' | 'version' | 'codename'>): string => {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (first === undefined || second === undefined) return `~${(codename ?? '').toUpperCase()}`;
  return origin === 'Debian' && Number(first) >= 7 ? first : `${first}${second}`;
};
