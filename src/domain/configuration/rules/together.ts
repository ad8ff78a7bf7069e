import { type Refusal, refusal } from '../../refusal.ts';
import { type Configuration, chrootName } from '../configuration.ts';
import { quoted, unless } from './rule.ts';

/** What does not fit together in a configuration: what refers to things that are not there, and names that mean two. */
export const togetherFaults = (configuration: Configuration): readonly Refusal[] => [
  ...distributionsWithSources(configuration),
  ...repositoriesWithParts(configuration),
  ...retentionWithRepository(configuration),
  ...chrootsWithDistribution(configuration),
  ...ambiguousMetaDistributions(configuration),
];

const distributionsWithSources = ({ distributions, sources }: Configuration): readonly Refusal[] =>
  [...distributions.values()].flatMap(({ codename, base, extras }) => [
    ...[base, ...extras.map(({ source }) => source)].flatMap((id) =>
      unless(
        sources.has(id),
        'missing-source',
        `distribution ${codename} builds upon the source ${id}, which is not there`,
        `add the source, or let ${codename} do without it`,
      ),
    ),
    ...unless(
      (sources.get(base)?.codename ?? codename) === codename,
      'base-of-another-codename',
      `distribution ${codename} has the base ${base}, which is of ${sources.get(base)?.codename}`,
      `give it a source whose codename is ${codename}`,
    ),
  ]);

const repositoriesWithParts = ({ repositories, layouts, distributions }: Configuration): readonly Refusal[] =>
  [...repositories.values()].flatMap(({ repository, layout, codenames }) => [
    ...unless(
      layouts.has(layout),
      'missing-layout',
      `repository ${repository} has the layout "${layout}", which is not there`,
      `choose one of ${quoted([...layouts.keys()])}`,
    ),
    ...codenames.flatMap((codename) =>
      unless(
        distributions.has(codename),
        'missing-distribution',
        `repository ${repository} is for ${codename}, of which there is no distribution`,
        `add the distribution, or take ${codename} out of the repository`,
      ),
    ),
  ]);

const retentionWithRepository = ({ retention, repositories }: Configuration): readonly Refusal[] =>
  [...retention.keys()].flatMap((repository) =>
    unless(
      repositories.has(repository),
      'missing-repository',
      `retention is said of the repository ${repository}, which is not there`,
      'add the repository, or leave its retention out',
    ),
  );

const chrootsWithDistribution = ({ chroots, distributions }: Configuration): readonly Refusal[] =>
  [...chroots.values()].flatMap((chroot) =>
    unless(
      distributions.has(chroot.codename),
      'missing-distribution',
      `chroot ${chrootName(chroot)} is for ${chroot.codename}, of which there is no distribution`,
      'add the distribution, or remove the chroot',
    ),
  );

const ambiguousMetaDistributions = ({ repositories, layouts }: Configuration): readonly Refusal[] => {
  const claims = [...repositories.values()].flatMap(({ repository, layout, codenames }) =>
    Object.entries(layouts.get(layout)?.metaDistributions ?? {})
      .filter(([, meaning]) => codenames.some((codename) => meaning.startsWith(`${codename}-`)))
      .map(([meta]) => ({ meta, repository })),
  );
  return [...Map.groupBy(claims, ({ meta }) => meta)]
    .filter(([, claimants]) => claimants.length > 1)
    .map(([meta, claimants]) =>
      refusal(
        'ambiguous-meta-distribution',
        `"${meta}" would mean a distribution of each of the repositories ${claimants.map(({ repository }) => repository).join(' and ')}`,
        'let one of them have a layout without it',
      ),
    );
};
