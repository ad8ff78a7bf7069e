import { instant } from '../../domain/codec.ts';
import { suitesOf } from '../../domain/configuration/configuration.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../../domain/debian/names.ts';
import { compareVersions } from '../../domain/debian/version.ts';
import { slotOf, storyKnown } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { type SearchSort, searchPackages } from './search.ts';

/** A page of the source packages whose name holds `part`, each with its versions and where they stand. */
export const foundPackages = (world: World) => {
  const search = searchPackages(world);
  return (part: string, nth: number, sort: SearchSort) => {
    const { names, ...found } = search(part, nth, sort);
    const standing = standingIn(world);
    const changedAtOf = (source: string) => {
      const at = world.contents.changedAt.get(source as SourceName);
      return at === undefined ? undefined : instant(at);
    };
    return {
      ...found,
      items: names.map((source) => ({
        source,
        versions: standing(source as SourceName),
        changedAt: changedAtOf(source),
      })),
    };
  };
};

type Stand = { readonly repository: RepositoryId; readonly distribution: DistributionName };

/** Repositories are walked for each package, and their suites once. */
const standingIn = ({ configuration, contents }: World) => {
  const repositories = [...configuration.repositories.values()];
  const suites = new Map<RepositoryId, readonly DistributionName[]>();
  return (source: SourceName) => {
    const stands = new Map<Version, Stand[]>();
    for (const repository of repositories) {
      const id = repository.repository;
      if (storyKnown(contents, id, source) === undefined) continue;
      const names = suites.get(id) ?? suitesOf(configuration, repository).map(({ name }) => name);
      suites.set(id, names);
      for (const distribution of names) {
        const version = slotOf(contents, distribution, source).present?.version;
        if (version === undefined) continue;
        stands.set(version, [...(stands.get(version) ?? []), { repository: id, distribution }]);
      }
    }
    return [...stands]
      .sort(([one], [other]) => compareVersions(other, one))
      .map(([version, where]) => ({ version, where }));
  };
};
