import { everyDistribution } from '../domain/configuration/configuration.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { SourceName } from '../domain/debian/names.ts';
import { type CheckStory, checksOfLatest } from './checks.ts';
import { type Slot, slotOf, whereabouts } from './contents.ts';
import type { World } from './world.ts';

/** Where one source stands or stood, or where its last upload was checked and is not installed. */
export const checkedPlaces = (
  { contents, checks, configuration }: World,
  source: SourceName,
): readonly {
  readonly distribution: DistributionName;
  readonly slot: Slot;
  /** Of an upload that is not installed there. */
  readonly latest: readonly CheckStory[];
}[] => {
  const standing = whereabouts(contents, source).map(({ distribution }) => distribution);
  return [...new Set([...standing, ...everyDistribution(configuration)])]
    .map((distribution) => ({
      distribution,
      slot: slotOf(contents, distribution, source),
      latest: checksOfLatest(checks, distribution, source),
    }))
    .filter(({ distribution, latest }) => latest.length > 0 || standing.includes(distribution));
};
