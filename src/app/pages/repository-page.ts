import { clientSource } from '../../domain/configuration/apt-sources.ts';
import { suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import { instanceUrl } from '../../domain/configuration/instance-address.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName } from '../../domain/debian/names.ts';
import type { Shelf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';

type Asked = {
  readonly repository: RepositoryId;
  /** The first one of the repository for one that it does not have. */
  readonly codename: string | undefined;
  /** A part of the names of source packages. */
  readonly name: string;
  readonly sort: 'name' | 'name-back' | 'changes';
  /** From 1; the last one for one that is beyond it. */
  readonly page: number;
};

/** Source packages of one page. */
const pageLength = 40;

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
    const sources = sorted(sourcesOn(shelves, name), sort, (source) => changesOf(world, id, source));
    const pages = Math.max(1, Math.ceil(sources.length / pageLength));
    const page = Math.min(asked, pages);
    return {
      repository: id as string,
      layout: repository.layout,
      publishedAt: world.publications.get(id)?.publishedAt,
      codenames,
      codename,
      suites: targets.map((target, index) => suiteOf(target, shelves[index], world)),
      name,
      sort,
      page,
      pages,
      found: sources.length,
      packages: sources.slice((page - 1) * pageLength, page * pageLength).map((source) => ({
        source: source as string,
        versions: shelves.map((shelf) => shelf?.slots.get(source)?.present?.version as string | undefined),
      })),
    };
  };

const suiteOf = ({ name, suite, ...target }: Target, shelf: Shelf | undefined, { configuration }: World) => {
  const options = {
    url: instanceUrl(configuration),
    withSource: false,
    keyFile: `/etc/apt/keyrings/mini-buildd-${configuration.instance?.instance ?? ''}.asc`,
  };
  const whole = { name, suite, ...target };
  return {
    distribution: name as string,
    suite: suite.suite as string,
    uploadable: suite.uploadable,
    experimental: suite.experimental,
    migratesTo: suite.migratesTo ?? undefined,
    rollbacks: suite.rollbacks,
    packages: shelf === undefined ? 0 : present(shelf),
    oneLine: clientSource(whole, { ...options, form: 'one-line' }),
    deb822: clientSource(whole, { ...options, form: 'deb822' }),
  };
};

const present = ({ slots }: Shelf): number => {
  let count = 0;
  for (const slot of slots.values()) if (slot.present !== undefined) count += 1;
  return count;
};

/** Everything that any of the shelves holds now and whose name holds `part`. */
const sourcesOn = (shelves: readonly (Shelf | undefined)[], part: string): readonly SourceName[] => {
  const found = new Set<SourceName>();
  for (const shelf of shelves)
    for (const [source, slot] of shelf?.slots ?? [])
      if (slot.present !== undefined && source.includes(part)) found.add(source);
  return [...found];
};

const sorted = (
  sources: readonly SourceName[],
  sort: Asked['sort'],
  changes: (source: SourceName) => number,
): readonly SourceName[] => {
  const byName = [...sources].sort();
  if (sort === 'name') return byName;
  return sort === 'name-back' ? byName.reverse() : byName.sort((one, other) => changes(other) - changes(one));
};

const changesOf = ({ contents }: World, repository: RepositoryId, source: SourceName): number =>
  contents.packages.get(`${repository} ${source}`)?.changes ?? 0;
