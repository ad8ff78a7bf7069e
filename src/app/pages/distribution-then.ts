import type { Instant } from '../../domain/codec.ts';
import { DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import { publicationAt } from '../../projections/publication-history.ts';
import type { World } from '../../projections/world.ts';
import { pastLines } from './apt-lines.ts';
import { timeOf } from './distribution-at.ts';
import { placeOf } from './target-of.ts';
import { whenOf } from './when.ts';

/**
 * With which publication apt saw a distribution at a time, or sees it now, and that as an apt source. `sources` is `undefined` where apt saw
 * nothing of it by then; all is where there never was such a distribution. `ended`: since when there is none any more.
 */
export const distributionThen = (world: World, name: string, at: Instant | undefined) => {
  if (!DistributionName.is(name)) return undefined;
  const { repository } = parseDistribution(name);
  const place = placeOf(world, repository, name);
  if (place === undefined) return undefined;
  const { target, former } = place;
  const isOver = former !== undefined && (at === undefined || at >= former.last.at);
  const then = isOver ? former.last : at && publicationAt(world.published, repository, at);
  const seen = at === undefined && !isOver ? world.published.get(repository)?.at(-1) : then;
  return {
    repository: repository as string,
    distribution: name as string,
    at,
    ended: former?.ended,
    when: whenOf(world, repository, then, former?.last),
    sources: seen && pastLines(world.configuration, target, name, repository, timeOf(world, repository, seen)),
  };
};
