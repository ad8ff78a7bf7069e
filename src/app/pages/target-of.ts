import { type Configuration, suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';

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
