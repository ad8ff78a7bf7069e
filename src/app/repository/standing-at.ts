import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName } from '../../domain/debian/names.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import { slotOf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';

/** What a source has at the very place that is named, a suite or a rollback of one. */
export const standingAt = (
  { contents }: World,
  source: SourceName,
  distribution: DistributionName,
): HeldVersion | undefined => {
  const { rollback, ...suite } = parseDistribution(distribution);
  const { present, earlier } = slotOf(contents, distributionName(suite), source);
  return rollback === undefined ? present : earlier[rollback];
};
