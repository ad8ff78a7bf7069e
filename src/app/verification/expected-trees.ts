import { poolFiles } from '../../domain/archive/pool-path.ts';
import { instant } from '../../domain/codec.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { PublishedDistribution } from '../../ports/archive.ts';
import { publicationOf } from '../../projections/publication-of.ts';
import { hasCaughtUp } from '../../projections/publications.ts';
import type { World } from '../../projections/world.ts';

/** What history says that apt sees of each repository that was published. */
export const expectedTrees = (world: World) =>
  [...world.configuration.repositories.keys()].flatMap((repository) => expectedTree(world, repository) ?? []);

const expectedTree = (world: World, repository: RepositoryId) => {
  const publication = world.publications.get(repository);
  const wanted = publicationOf(world, repository, instant(0));
  if (publication?.published === undefined || wanted === undefined) return undefined;
  const isUpToDate = hasCaughtUp(publication);
  const held = wanted.distributions.map((distribution) => [distribution, filesOf(distribution)] as const);
  return {
    repository,
    generation: publication.published.generation,
    isUpToDate,
    distributions: new Map(
      held.map(([{ name, architectures }, files]) => [
        name as string,
        {
          release: publication.releases.get(name),
          pool: isUpToDate ? new Map(files.map(({ path, sha256 }) => [path, sha256])) : undefined,
          optional: new Set(
            files.flatMap(({ path, of }) =>
              of === 'source' || of === 'all' || architectures.some((each) => each === of) ? [] : [path],
            ),
          ),
        },
      ]),
    ),
    pool: new Map(isUpToDate ? held.flatMap(([, files]) => files.map(({ path, sha256 }) => [path, sha256])) : []),
  };
};

/** Files of the pool that a distribution's indices name, with the architecture of each. */
const filesOf = ({ holds }: PublishedDistribution) =>
  holds.flatMap((version) => {
    const architectureOf = new Map(version.binaries.map(({ file, architecture }) => [file.sha256, architecture]));
    return poolFiles(version).map(({ path, file: { sha256 } }) => ({
      path,
      sha256: sha256 as string,
      of: (architectureOf.get(sha256) ?? 'source') as string,
    }));
  });
