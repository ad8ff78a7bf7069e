import { suitesOf } from '../../domain/configuration/configuration.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import { countHeld } from '../../projections/contents.ts';
import { repositoryState } from '../../projections/repository-state.ts';
import type { World } from '../../projections/world.ts';
import { pageOf } from './listing.ts';

/** Those by which repositories are sought. */
export const soughtRepositories = ['any', 'active', 'troubled', 'inactive'] as const;

export type RepositoriesAsked = {
  readonly state: (typeof soughtRepositories)[number];
  readonly name: (repository: string) => boolean;
};

/** The repositories in order of their names: what each consists of, how much it holds, whether it does what it is for and why not. */
export const repositoriesFound = (world: World, { state, name }: RepositoriesAsked) =>
  [...world.configuration.repositories.values()]
    .filter(({ repository }) => name(repository))
    .sort((one, other) => (one.repository < other.repository ? -1 : 1))
    .map((repository) => {
      const distributions = suitesOf(world.configuration, repository).map((suite) => ({
        distribution: suite.name as DistributionName,
        codename: suite.distribution.codename as string,
        packages: countHeld(world.contents, suite.name),
      }));
      return {
        ...repositoryState(world, repository),
        externalHomeUrl: repository.externalHomeUrl,
        layout: repository.layout as string,
        packages: distributions.reduce((sum, { packages }) => sum + packages, 0),
        distributions,
        publishedAt: world.publications.get(repository.repository)?.publishedAt ?? null,
      };
    })
    .filter((found) => state === 'any' || state === found.state);

/** A page of them. */
export const repositoriesList =
  (world: World) =>
  ({ page, ...asked }: RepositoriesAsked & { readonly page: number | undefined }) =>
    pageOf(repositoriesFound(world, asked), page ?? 1);
