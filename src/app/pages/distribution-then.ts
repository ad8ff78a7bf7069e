import type { Instant } from '../../domain/codec.ts';
import { DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import { publicationAt } from '../../projections/publication-history.ts';
import type { World } from '../../projections/world.ts';
import { pastLines } from './apt-lines.ts';
import { timeOf } from './distribution-at.ts';
import { targetOf } from './target-of.ts';
import { whenOf } from './when.ts';

/**
 * With which publication apt saw a distribution at a time, or sees it now, and that as an apt source. `sources` is `undefined` where apt saw
 * nothing of it by then; all is where there is no such distribution.
 */
export const distributionThen = (world: World, name: string, at: Instant | undefined) => {
  if (!DistributionName.is(name)) return undefined;
  const { repository } = parseDistribution(name);
  const target = targetOf(world.configuration, repository, name);
  if (target === undefined) return undefined;
  const then = at === undefined ? undefined : publicationAt(world.published, repository, at);
  const seen = at === undefined ? world.published.get(repository)?.at(-1) : then;
  return {
    repository: repository as string,
    distribution: name as string,
    at,
    when: whenOf(world, repository, then),
    sources: seen && pastLines(world.configuration, target, name, repository, timeOf(world, repository, seen)),
  };
};
