import { signersOf } from '../domain/archive-key/archive-keys.ts';
import { type Instant, instant } from '../domain/codec.ts';
import { originOf } from '../domain/configuration/apt-sources.ts';
import { type Configuration, suitesOf, type Target } from '../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import type { HeldVersion, Publication, PublishedDistribution } from '../ports/archive.ts';
import { type Slot, slotsOf } from './contents.ts';
import { withoutRivalsInSlices } from './rivals.ts';
import { atOnce, eachInSlices, type Sliced } from './slices.ts';
import type { World } from './world.ts';

/** All that it depends on. */
type Described = Pick<World, 'configuration' | 'contents'>;

const dayInMs = 86_400_000;

/** What apt should see of a repository now; `undefined` before the instance has a name. */
export const publicationOf = (world: Described, repository: RepositoryId, date: Instant): Publication | undefined =>
  atOnce(publicationInSlices(world, repository, date));

/** The same as it is when this begins, whatever happens between the slices: for a repository of a hundred thousand packages takes its time. */
export function* publicationInSlices(
  { configuration, contents }: Described,
  repository: RepositoryId,
  date: Instant,
): Sliced<Publication | undefined> {
  const { instance, repositories } = configuration;
  const configured = repositories.get(repository);
  if (instance === undefined || configured === undefined) return undefined;
  const days = configured.validForDays;
  const targets = suitesOf(configuration, configured).map(
    (target) => [target, slotsOf(contents, target.name)] as const,
  );
  const distributions: PublishedDistribution[] = [];
  for (const [target, slots] of targets) {
    distributions.push(yield* suiteOf(target, slots, configuration));
    for (let rollback = 0; rollback < target.suite.rollbacks; rollback += 1)
      distributions.push(yield* rollbackOf(target, slots, rollback, configuration));
  }
  return {
    repository,
    distributions,
    date,
    validUntil: days === null || days === 0 ? null : instant(Date.parse(date) + days * dayInMs),
    signers: signersOf(configuration),
  };
}

function* suiteOf(target: Target, slots: readonly Slot[], configuration: Configuration): Sliced<PublishedDistribution> {
  const { notAutomatic, butAutomaticUpgrades } = target.suite;
  return {
    ...described(target, target.name, configuration),
    ...{ notAutomatic, butAutomaticUpgrades, isRollback: false },
    holds: yield* heldIn(slots, ({ present }) => present),
  };
}

function* rollbackOf(
  target: Target,
  slots: readonly Slot[],
  rollback: number,
  configuration: Configuration,
): Sliced<PublishedDistribution> {
  return {
    ...described(target, distributionName({ ...parseDistribution(target.name), rollback }), configuration),
    ...{ notAutomatic: true, butAutomaticUpgrades: false, isRollback: true },
    holds: yield* withoutRivalsInSlices(yield* heldIn(slots, ({ earlier }) => earlier[rollback])),
  };
}

function* heldIn(slots: readonly Slot[], of: (slot: Slot) => HeldVersion | undefined): Sliced<readonly HeldVersion[]> {
  const holds: HeldVersion[] = [];
  yield* eachInSlices(slots, (slot) => {
    const held = of(slot);
    if (held !== undefined) holds.push(held);
  });
  return holds;
}

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
