import { suitesOf } from '../../domain/configuration/configuration.ts';
import type { Argument } from '../../ports/api.ts';
import type { World } from '../../projections/world.ts';
import { searchPackages } from '../pages/search.ts';

/** So many values are offered. */
const mostOffered = 200;

/**
 * Values of an argument that this instance knows, by the name of its codec, those that hold what is typed. Of a list with commas it is
 * the last name that is typed, and what stands before it stays.
 */
export const knownValues =
  (world: World) =>
  ({ codec, name }: Pick<Argument, 'codec' | 'name'>, typed: string): readonly string[] => {
    const before = listed.has(codec.name) ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
    const part = typed.slice(before.length);
    return valuesOf(codec.name.replace(/^Maybe/, ''), name, part, world)
      .filter((value) => value.includes(part))
      .slice(0, mostOffered)
      .map((value) => before + value);
  };

const listed: ReadonlySet<string> = new Set([
  'SourceNames',
  'DistributionList',
  'Distributions',
  'ListOfSourceName',
  'ListOfSuiteName',
]);

const valuesOf = (codec: string, name: string, part: string, world: World): readonly string[] => {
  const { configuration, builds, uploads } = world;
  switch (codec) {
    case 'SourceName':
    case 'SourceNames':
    case 'ListOfSourceName':
      return searchPackages(world)(part).names;
    case 'DistributionName':
    case 'DistributionList':
    case 'Distributions':
      return distributions(world);
    case 'RepositoryId':
      return [...configuration.repositories.keys()];
    case 'NamePattern':
      return patterns(name, world);
    case 'Codename':
      return [...configuration.distributions.keys()];
    case 'ChrootName':
      return [...configuration.chroots.keys()];
    case 'Architecture':
      return [...new Set([...configuration.chroots.values()].map(({ architecture }) => architecture))];
    case 'ListOfSuiteName':
      return [
        ...new Set([...configuration.layouts.values()].flatMap(({ suites }) => suites.map(({ suite }) => suite))),
      ];
    case 'BuildsName':
      return [...new Set([...builds.open.values()].map(({ requested }) => requested.source))];
    case 'Endpoint':
      return [...configuration.remotes.keys()];
    case 'StreamName':
      return [...uploads.open.keys()].map((upload) => `upload-${upload}`);
    default:
      return [];
  }
};

const distributions = ({ configuration }: World): readonly string[] =>
  [...configuration.repositories.values()].flatMap((repository) =>
    suitesOf(configuration, repository).map(({ name }) => name),
  );

const patterns = (name: string, world: World): readonly string[] => {
  switch (name) {
    case 'repository':
      return [...world.configuration.repositories.keys()];
    case 'distribution':
      return distributions(world);
    default:
      return [];
  }
};
