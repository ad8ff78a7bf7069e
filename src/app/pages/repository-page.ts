import { keyFile } from '../../domain/configuration/apt-sources.ts';
import { suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName } from '../../domain/debian/names.ts';
import { changesOf, type Shelf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { aptLines } from './apt-lines.ts';
import { type ListAsked, pageOf, sortedBy } from './listing.ts';
import { namesOn } from './names-on.ts';

type Asked = ListAsked & {
  readonly repository: RepositoryId;
  /** The first one of the repository for one that it does not have. */
  readonly codename: string | undefined;
};

/** A repository: how its suites flow, how apt is told of it, and a page of what one codename holds; `undefined` for one that is not. */
export const repositoryPage =
  (world: World) =>
  ({ repository: id, codename: wanted, name, sort, page: asked }: Asked) => {
    const repository = world.configuration.repositories.get(id);
    if (repository === undefined) return undefined;
    const every = suitesOf(world.configuration, repository);
    const codenames = [...new Set(every.map(({ distribution }) => distribution.codename as string))];
    const codename = codenames.find((each) => each === wanted) ?? codenames[0];
    const targets = every.filter(({ distribution }) => distribution.codename === codename);
    const shelves = targets.map((target) => world.contents.shelves.get(target.name as DistributionName));
    const { items, page, pages, found } = pageOf(
      sortedBy(
        sourcesOn(shelves, name),
        sort,
        (source) => source,
        (source) => changesOf(world.contents, id, source),
      ),
      asked,
    );
    return {
      repository: id as string,
      layout: repository.layout,
      publishedAt: world.publications.get(id)?.publishedAt,
      codenames,
      codename,
      suites: targets.map((target, index) => suiteOf(target, shelves[index], world)),
      keyFile: keyFile(world.configuration),
      name,
      sort,
      page,
      pages,
      found,
      packages: items.map((source) => ({
        source: source as string,
        versions: shelves.map((shelf) => shelf?.slots.get(source)?.present?.version as string | undefined),
      })),
    };
  };

const suiteOf = (target: Target, shelf: Shelf | undefined, { configuration }: World) => {
  const { suite } = target;
  return {
    suite: suite.suite as string,
    uploadable: suite.uploadable,
    experimental: suite.experimental,
    migratesTo: suite.migratesTo ?? undefined,
    rollbacks: suite.rollbacks,
    packages: shelf === undefined ? 0 : present(shelf),
    ...aptLines(configuration, target, undefined),
  };
};

const present = ({ slots }: Shelf): number => {
  let count = 0;
  for (const slot of slots.values()) if (slot.present !== undefined) count += 1;
  return count;
};

/** Everything that any of the shelves holds now and whose name holds `part`, shelf by shelf in order. */
const sourcesOn = (shelves: readonly (Shelf | undefined)[], part: string): readonly SourceName[] => {
  const found = new Set<SourceName>();
  for (const shelf of shelves)
    for (const source of shelf === undefined ? [] : namesOn(shelf))
      if (shelf?.slots.get(source)?.present !== undefined && source.includes(part)) found.add(source);
  return [...found];
};
