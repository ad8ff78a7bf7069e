import { type Instant, instant } from '../../domain/codec.ts';
import { keyFile } from '../../domain/configuration/apt-sources.ts';
import { suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName } from '../../domain/debian/names.ts';
import { type Shelf, storyKnown } from '../../projections/contents.ts';
import { formerSuites } from '../../projections/former-distributions.ts';
import type { World } from '../../projections/world.ts';
import { remembered } from '../snapshots/remembered.ts';
import { aptLines } from './apt-lines.ts';
import { type Blocks, itemsOf } from './blocks.ts';
import { type KeptList, upToDate } from './kept-list.ts';
import { type ListAsked, pageOf, sorting } from './listing.ts';
import { buildSourcesOf, versionsOf } from './target-rules.ts';

type Asked = ListAsked & {
  readonly repository: RepositoryId;
  /** The first one of the repository for one that it does not have. */
  readonly codename: string | undefined;
};

/** A repository: how its suites flow, how apt is told of it, and a page of what one codename holds; `undefined` for one that is not. */
export const repositoryPage = (world: World) => {
  const sourcesOn = sourcesOfShelves();
  const sorted = sorting<SourceName>();
  return ({ repository: id, codename: wanted, name, sort, page: asked }: Asked) => {
    const repository = world.configuration.repositories.get(id);
    if (repository === undefined) return undefined;
    const every = suitesOf(world.configuration, repository);
    const codenames = [...new Set(every.map(({ distribution }) => distribution.codename as string))];
    const codename = codenames.find((each) => each === wanted) ?? codenames[0];
    const targets = every.filter(({ distribution }) => distribution.codename === codename);
    const shelves = targets.map((target) => world.contents.shelves.get(target.name as DistributionName));
    const all = sourcesOn(`${id} ${codename}`, shelves);
    const sources = itemsOf(all);
    const { items, page, pages, found } = pageOf(
      sorted(all, name === '' ? sources : sources.filter((source) => source.includes(name)), sort, (source) =>
        storyKnown(world.contents, id, source),
      ),
      asked,
    );
    return {
      repository: id as string,
      layout: repository.layout,
      externalHomeUrl: repository.externalHomeUrl,
      publishedAt: world.publications.get(id)?.publishedAt,
      codenames,
      former: formerOf(world, id),
      codename,
      suites: targets.map((target, index) => suiteOf(target, shelves[index], world)),
      buildSources: targets[0] === undefined ? [] : buildSourcesOf(targets[0]),
      keyFile: keyFile(world.configuration),
      name,
      sort,
      page,
      pages,
      found,
      packages: items.map((source) => ({
        source: source as string,
        versions: shelves.map((shelf) => shelf?.slots.get(source)?.present?.version as string | undefined),
        changedAt: whenOrNever(storyKnown(world.contents, id, source)?.changedAt),
      })),
    };
  };
};

/** The distributions of a repository, also one that is configured no more, that apt saw once and that are there no more. */
export const formerOf = ({ former }: World, id: RepositoryId) =>
  formerSuites(former, id).map(({ target, ended }) => ({ distribution: target.name as string, ended }));

const whenOrNever = (at: number | undefined): Instant | undefined => (at === undefined ? undefined : instant(at));

const suiteOf = (target: Target, shelf: Shelf | undefined, { configuration }: World) => {
  const { suite } = target;
  return {
    suite: suite.suite as string,
    uploadable: suite.uploadable,
    experimental: suite.experimental,
    migratesTo: suite.migratesTo ?? undefined,
    rollbacks: suite.rollbacks,
    versions: versionsOf(target),
    packages: shelf?.holding ?? 0,
    ...aptLines(configuration, target, undefined),
  };
};

/** Codenames whose names are at hand. */
const mostKept = 20;

/** Everything that any of some shelves holds now, by name: one and the same blocks until one of them changes. `of` names them. */
const sourcesOfShelves = () => {
  const kept = remembered<string, KeptList<SourceName>>(mostKept);
  return (of: string, shelves: readonly (Shelf | undefined)[]): Blocks<SourceName> => {
    const there = shelves.filter((shelf) => shelf !== undefined);
    const isHeld = (source: SourceName): boolean => there.some(({ slots }) => slots.get(source)?.present !== undefined);
    const list = upToDate(
      kept.get(of),
      there,
      (source) => source,
      (source) => (isHeld(source) ? source : undefined),
    );
    kept.set(of, list);
    return list.blocks;
  };
};
