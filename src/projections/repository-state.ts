import type { Configuration } from '../domain/configuration/configuration.ts';
import type { DistributionConfigured, RepositoryConfigured } from '../domain/configuration/events.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import { templateFor } from './templates.ts';
import type { World } from './world.ts';

/** Whether a repository does what it is for. `inactive`: nothing can be uploaded or built; `troubled`: it goes on, with gaps. */
export type RepositoryState = {
  readonly repository: RepositoryId;
  readonly state: 'active' | 'troubled' | 'inactive';
  readonly because: readonly string[];
};

/** The state and every reason for it: what the original asked its administrators to prepare, check and activate. */
export const repositoryState = (world: World, repository: RepositoryConfigured): RepositoryState => {
  const missing = missingParts(world.configuration, repository);
  const troubles = [
    ...repository.codenames.flatMap((codename) => codenameTroubles(world, codename)),
    ...publishTroubles(world, repository),
  ];
  return {
    repository: repository.repository,
    state: missing.length > 0 ? 'inactive' : troubles.length > 0 ? 'troubled' : 'active',
    because: [...new Set([...missing, ...troubles])],
  };
};

const missingParts = (
  { layouts, distributions, sources }: Configuration,
  { layout, codenames }: RepositoryConfigured,
): readonly string[] => [
  ...(layouts.has(layout) ? [] : [`its layout "${layout}" is not there`]),
  ...(codenames.length > 0 ? [] : ['it has no codenames']),
  ...codenames.flatMap((codename) => {
    const distribution = distributions.get(codename);
    if (distribution === undefined) return [`there is no distribution ${codename}`];
    return [
      ...(distribution.architectures.some(({ optional }) => !optional)
        ? []
        : [`distribution ${codename} has no architecture that is not optional`]),
      ...sourcesOf(distribution)
        .filter((id) => !sources.has(id))
        .map((id) => `source ${id} of ${codename} is not there`),
    ];
  }),
];

const codenameTroubles = (world: World, codename: DistributionConfigured['codename']): readonly string[] => {
  const distribution = world.configuration.distributions.get(codename);
  if (distribution === undefined) return [];
  const sources = sourcesOf(distribution).flatMap((id) => {
    const failed = world.sources.get(id)?.failed;
    return failed === undefined ? [] : [`source ${id}: ${failed.unusable[0]?.because.fact ?? 'it has no archive'}`];
  });
  const chroots = distribution.architectures
    .filter(({ optional }) => !optional)
    .flatMap(({ architecture }) => {
      const { chroot, prepared, failed } = templateFor(world.templates, { codename, architecture });
      if (prepared !== undefined) return [];
      if (chroot === undefined) return [`no builder has a chroot for ${codename}/${architecture}`];
      return [
        failed === undefined
          ? `the chroot for ${codename}/${architecture} is being prepared`
          : `the chroot for ${codename}/${architecture}: ${failed.stage}: ${failed.fact}`,
      ];
    });
  return [...sources, ...chroots];
};

const publishTroubles = ({ publications }: World, { repository }: RepositoryConfigured): readonly string[] => {
  const failure = publications.get(repository)?.failure;
  return failure === undefined ? [] : [`it could not be published: ${failure.fact}`];
};

const sourcesOf = ({ base, extras }: DistributionConfigured) => [base, ...extras.map(({ source }) => source)];
