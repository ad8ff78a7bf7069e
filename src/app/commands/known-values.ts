import { suitesOf } from '../../domain/configuration/configuration.ts';
import { compareVersions } from '../../domain/debian/version.ts';
import { eventCodecs } from '../../domain/event.ts';
import type { Api } from '../../ports/api.ts';
import type { People } from '../../ports/people.ts';
import { addedNodes } from '../../projections/nodes.ts';
import { addedRemotes } from '../../projections/remotes.ts';
import type { World } from '../../projections/world.ts';
import { searchPackages } from '../pages/search.ts';
import { isPersonal, personalValues } from './personal-values.ts';

/** So many values are offered. */
const mostOffered = 200;

/**
 * Values of an argument that this instance knows and the caller may know, by the name of its codec, those that hold what is typed. Of a list with
 * commas it is the last name that is typed, and what stands before it stays.
 */
export const knownValues =
  (world: World, people: Pick<People, 'byAccount'>): Api['known'] =>
  async ({ argument: { codec, name }, typed, given, caller }) => {
    const before = listed.has(codec.name) ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
    const part = typed.slice(before.length);
    const kind = codec.name.replace(/^Maybe/, '');
    const known = isPersonal(kind)
      ? await personalValues(kind, caller, world, people)
      : valuesOf(kind, name, { part, given }, world);
    return known
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

/** What is typed of it, and what else is. */
type Written = { readonly part: string; readonly given: Readonly<Record<string, string>> };

const valuesOf = (codec: string, name: string, { part, given }: Written, world: World): readonly string[] => {
  const { configuration, uploads } = world;
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
    case 'SourceId':
      return [...configuration.sources.keys()];
    case 'ChrootName':
      return [...configuration.chroots.keys()];
    case 'Architecture':
      return [...new Set([...configuration.chroots.values()].map(({ architecture }) => architecture))];
    case 'ListOfSuiteName':
      return [
        ...new Set([...configuration.layouts.values()].flatMap(({ suites }) => suites.map(({ suite }) => suite))),
      ];
    case 'BuilderName':
      return builders(world);
    case 'BuildsName':
      return buildsUnderWay(world);
    case 'Version':
      return versions(given, world);
    case 'EventType':
      return Object.keys(eventCodecs);
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

/** Those that could be given builds, and those that had some. */
const builders = ({ builds, nodes, remotes }: World): readonly string[] => {
  const had = [...builds.claimed.values(), ...builds.ended].flatMap(({ builder }) => builder ?? []);
  return [
    ...new Set([
      ...had,
      ...addedNodes(nodes).map(({ node }) => node as string),
      ...addedRemotes(remotes).map(({ remote }) => remote as string),
    ]),
  ].sort();
};

/** Source packages first: people know them by name. */
const buildsUnderWay = ({ builds }: World): readonly string[] => {
  const open = [...builds.open.values()];
  return [
    ...new Set([
      ...open.map(({ requested }) => requested.source as string),
      ...open.map(({ id }) => id as string),
      ...open.map(({ requested }) => requested.upload as string),
    ]),
  ];
};

/** Of the packages that are named beside it: those that were installed, those that are built, and those that failed, the newest first. */
const versions = ({ package: named = '', builds = '' }: Written['given'], world: World): readonly string[] => {
  const sources: ReadonlySet<string> = new Set([...named.split(','), ...builds.split(',')].slice(0, mostOffered));
  const installed = [...world.configuration.repositories.keys()].flatMap((repository) =>
    [...sources].flatMap((source) => [
      ...(world.contents.packages.get(`${repository} ${source}`)?.versions.keys() ?? []),
    ]),
  );
  const built = [...world.builds.open.values(), ...world.builds.ended].flatMap(({ requested }) =>
    sources.has(requested.source) ? requested.version : [],
  );
  return [...new Set([...installed, ...built])].sort(compareVersions).reverse();
};
