import { signersOf } from '../domain/archive-key/archive-keys.ts';
import { type Instant, instant } from '../domain/codec.ts';
import { originOf } from '../domain/configuration/apt-sources.ts';
import { type Configuration, suitesOf, type Target } from '../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import type { Publication, PublishedDistribution } from '../ports/archive.ts';
import { held, heldEarlier } from './contents.ts';
import { withoutRivals } from './rivals.ts';
import type { World } from './world.ts';

/** All that it depends on. */
type Described = Pick<World, 'configuration' | 'contents'>;

const dayInMs = 86_400_000;

/** What apt should see of a repository now; `undefined` before the instance has a name. */
export const publicationOf = (world: Described, repository: RepositoryId, date: Instant): Publication | undefined => {
  const { instance, repositories } = world.configuration;
  const configured = repositories.get(repository);
  if (instance === undefined || configured === undefined) return undefined;
  const days = configured.validForDays;
  return {
    repository,
    distributions: suitesOf(world.configuration, configured).flatMap((target) => withRollbacks(world, target)),
    date,
    validUntil: days === null || days === 0 ? null : instant(Date.parse(date) + days * dayInMs),
    signers: signersOf(world.configuration),
  };
};

const withRollbacks = ({ contents, configuration }: Described, target: Target): readonly PublishedDistribution[] => [
  {
    ...described(target, target.name, configuration),
    notAutomatic: target.suite.notAutomatic,
    butAutomaticUpgrades: target.suite.butAutomaticUpgrades,
    isRollback: false,
    holds: held(contents, target.name),
  },
  ...Array.from({ length: target.suite.rollbacks }, (_, rollback) => ({
    ...described(target, distributionName({ ...parseDistribution(target.name), rollback }), configuration),
    notAutomatic: true,
    butAutomaticUpgrades: false,
    isRollback: true,
    holds: withoutRivals(heldEarlier(contents, target.name, rollback)),
  })),
];

const described = ({ distribution, suite }: Target, name: DistributionName, configuration: Configuration) => {
  const { codename, repository, rollback } = parseDistribution(name);
  const earlier = rollback === undefined ? '' : `: Automatic rollback distribution #${rollback}`;
  return {
    name,
    origin: originOf(configuration),
    label: name,
    description: `${suite.suite} packages for ${codename}-${repository}${earlier}`,
    components: distribution.components,
    architectures: distribution.architectures.map(({ architecture }) => architecture),
  };
};
