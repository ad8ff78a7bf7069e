import { type Configuration, suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { type FormerDistribution, formerDistribution } from '../../projections/former-distributions.ts';
import type { World } from '../../projections/world.ts';

/** The suite that a distribution of a repository is, or is a rollback of; `undefined` where there is none. */
export const targetOf = (
  configuration: Configuration,
  id: RepositoryId,
  distribution: DistributionName,
): Target | undefined => {
  const repository = configuration.repositories.get(id);
  const { rollback, ...suite } = parseDistribution(distribution);
  const target = repository && suitesOf(configuration, repository).find(({ name }) => name === distributionName(suite));
  return rollback === undefined || rollback < (target?.suite.rollbacks ?? 0) ? target : undefined;
};

export type Place = { readonly target: Target; readonly former: FormerDistribution | undefined };

/** The same of one that is there no more as well, as it was configured last. */
export const placeOf = (
  { configuration, former }: Pick<World, 'configuration' | 'former'>,
  id: RepositoryId,
  distribution: DistributionName,
): Place | undefined => {
  const target = targetOf(configuration, id, distribution);
  if (target !== undefined) return { target, former: undefined };
  const was = formerDistribution(former, id, distribution);
  return was && { target: was.target, former: was };
};
