import { type DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName, Version } from '../../domain/debian/names.ts';
import { checkAnswer } from '../../projections/check-results.ts';
import { checksOfVersion } from '../../projections/checks.ts';
import { whereabouts } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { comparison } from './comparison.ts';

/** What checks said of the versions that stand somewhere, and what they said otherwise of the version before. */
export const packageChecks = (world: World, source: SourceName) => {
  const places = whereabouts(world.contents, source).filter(({ slot }) => slot.present !== undefined);
  const repositories = [...new Set(places.map(({ distribution }) => parseDistribution(distribution).repository))];
  return repositories.flatMap((repository) => {
    const here = places.filter(({ distribution }) => parseDistribution(distribution).repository === repository);
    const names = here.map(({ distribution }) => distribution);
    const versions = [...new Set(here.flatMap(({ slot }) => slot.present?.version ?? []))];
    return versions.flatMap((version) => checksIn(world, names, source, version, repository));
  });
};

const checksIn = (
  world: World,
  names: readonly DistributionName[],
  source: SourceName,
  version: Version,
  repository: string,
) =>
  checksOfVersion(world.checks, names, source, version).map((story) => {
    const { tool, status, counts, before, because, log, report } = checkAnswer(story, world);
    return {
      repository,
      version: version as string,
      architecture: story.requested.architecture as string,
      tool: tool as string,
      status,
      counts,
      because,
      ...comparison(before),
      log: log?.path,
      report: report?.path,
    };
  });
