import { parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName } from '../../domain/debian/names.ts';
import { checkAnswer } from '../../projections/check-results.ts';
import { checkedPlaces } from '../../projections/checked-places.ts';
import { type CheckStory, checksOfVersion } from '../../projections/checks.ts';
import type { World } from '../../projections/world.ts';
import { comparison } from './comparison.ts';

/**
 * What checks say of the upload that came last, whatever became of it, and said of the versions that stand somewhere; each with what they
 * said otherwise of the version before.
 */
export const packageChecks = (world: World, source: SourceName) => {
  const places = Map.groupBy(
    checkedPlaces(world, source),
    ({ distribution }) => parseDistribution(distribution).repository,
  );
  return [...places].flatMap(([repository, here]) => {
    const names = here.map(({ distribution }) => distribution);
    const versions = new Set(here.flatMap(({ slot }) => slot.present?.version ?? []));
    return [
      ...here.flatMap(({ latest }) => latest.map((story) => told(world, repository, story, false))),
      ...[...versions].flatMap((version) =>
        checksOfVersion(world.checks, names, source, version).map((story) => told(world, repository, story, true)),
      ),
    ];
  });
};

const told = (world: World, repository: RepositoryId, story: CheckStory, stands: boolean) => {
  const { tool, status, counts, before, because, log, report } = checkAnswer(story, world);
  return {
    repository: repository as string,
    version: story.requested.version as string,
    stands,
    architecture: story.requested.architecture as string,
    tool: tool as string,
    status,
    counts,
    because,
    ...comparison(before),
    log: log?.path,
    report: report?.path,
  };
};
