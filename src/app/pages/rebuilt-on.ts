import { numberOf } from '../../domain/binnmu/binnmu-version.ts';
import type { HeldVersion } from '../../ports/archive.ts';

/** On which architectures a version stands with packages of a binNMU, and of which: the highest N of each. */
export const rebuiltOn = ({ binaries }: Pick<HeldVersion, 'binaries'>): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const { architecture, version } of binaries) {
    const number = numberOf(version);
    if (number > (found.get(architecture) ?? 0)) found.set(architecture, number);
  }
  return found;
};

/** Every architecture of it, with `+bN` behind those that were built again. */
export const architecturesOf = (held: Pick<HeldVersion, 'binaries'>): readonly string[] => {
  const rebuilt = rebuiltOn(held);
  return [...new Set(held.binaries.map(({ architecture }) => architecture as string))]
    .sort()
    .map((each) => (rebuilt.has(each) ? `${each} +b${rebuilt.get(each)}` : each));
};
