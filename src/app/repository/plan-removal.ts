import { isLeft, left } from 'fp-ts/lib/Either.js';
import type { Member } from '../../domain/change/events.ts';
import { resolveDistribution } from '../../domain/configuration/configuration.ts';
import { type DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName, Version } from '../../domain/debian/names.ts';
import { changesOf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { notThere, type Planned, planOf } from './plan.ts';
import { standingAt } from './standing-at.ts';

/** Out of a suite, or out of one rollback, which is named by what it holds now. */
export const planRemoval = (
  world: World,
  sources: readonly SourceName[],
  distribution: DistributionName,
  version: Version | undefined,
): Planned => {
  const target = resolveDistribution(world.configuration, distribution);
  if (isLeft(target)) return target;
  const { repository } = parseDistribution(distribution);
  const members: Member[] = [];
  for (const source of sources) {
    const held = standingAt(world, source, distribution);
    if (held === undefined || (version !== undefined && held.version !== version)) {
      return left(notThere(source, version, distribution, held));
    }
    const seen = changesOf(world.contents, repository, source);
    members.push({ source, seen, steps: [{ deed: 'remove', version: held.version, distribution }] });
  }
  return planOf(world, repository, members);
};
