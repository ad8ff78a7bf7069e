import type { Version } from '../debian/names.ts';
import { withoutEpoch } from '../debian/version.ts';

/** The version of what a binNMU of `version` builds, unless the package gives it another. */
export const binNmuVersion = (version: Version, number: number): Version => `${version}+b${number}` as Version;

const mark = /\+b(\d{1,9})$/;

/** The version that a binary package had before any binNMU, as it stands in file names. */
const withoutMark = (version: Version): string => withoutEpoch(version).replace(mark, '');

/** The N of `+bN`; 0 without. */
export const numberOf = (version: Version): number => Number(mark.exec(version)?.[1] ?? 0);

/**
 * The next N: above all that ever were among `ever`, whatever became of them, so that no name in the pool gets other bytes. Only packages of
 * the versions that are to be rebuilt count.
 */
export const nextNumber = (rebuilt: readonly Version[], ever: Iterable<Version>): number => {
  const bases = new Set(rebuilt.map(withoutMark));
  let highest = 0;
  for (const version of ever) if (bases.has(withoutMark(version))) highest = Math.max(highest, numberOf(version));
  return highest + 1;
};
