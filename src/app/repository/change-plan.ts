import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { PackageCommand } from '../../domain/archive/package.ts';
import { resolveDistribution, siblingOf, type Target } from '../../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName, Version } from '../../domain/debian/names.ts';
import { compareVersions } from '../../domain/debian/version.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import {
  changesOf,
  forget,
  occupy,
  ownedElsewhere,
  type Slot,
  slotOf,
  vacate,
  versionOf,
} from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';

/** One step of a change, and what its distribution will hold afterwards. */
export type Step = {
  readonly command: PackageCommand;
  readonly distribution: DistributionName;
  readonly before: Slot;
  readonly after: Slot;
  /** What the person should know before saying yes. */
  readonly warnings: readonly string[];
};

type Plan = Either<Refusal, readonly Step[]>;

/** A migration along `migratesTo`: one step, or with `full` as many as there are. Each step sees what the one before leaves. */
export const planMigration = (
  world: World,
  source: SourceName,
  from: DistributionName,
  version: Version | undefined,
  full: boolean,
): Plan => {
  const target = resolveDistribution(world.configuration, from);
  if (isLeft(target)) return target;
  const chain = full ? chainFrom(target.right) : chainFrom(target.right).slice(0, 1);
  if (chain.length === 0) {
    return left(refusal('not-migrating', `${from} migrates nowhere`, 'see distributions for what migrates where'));
  }
  const held = slotOf(world.contents, from, source).present;
  if (held === undefined || (version !== undefined && held.version !== version)) {
    return left(notThere(source, version, from, held));
  }
  return right(chain.map((to, index) => migrationStep(world, held, chain[index - 1] ?? from, to, index)));
};

const chainFrom = (target: Target): readonly DistributionName[] => {
  const chain: DistributionName[] = [];
  for (let next = target.suite.migratesTo; next !== null && !chain.includes(siblingOf(target, next)); ) {
    chain.push(siblingOf(target, next));
    next = target.layout.suites.find(({ suite }) => suite === next)?.migratesTo ?? null;
  }
  return chain;
};

const migrationStep = (
  world: World,
  held: HeldVersion,
  from: DistributionName,
  to: DistributionName,
  earlierSteps: number,
): Step => {
  const { repository } = parseDistribution(to);
  const { source, version } = held;
  const before = slotOf(world.contents, to, source);
  return {
    command: {
      command: 'MigratePackage',
      repository,
      source,
      version,
      from,
      to,
      seen: changesOf(world.contents, repository, source) + earlierSteps,
      ownedElsewhere: owners(world, to, held),
    },
    distribution: to,
    before,
    after: occupy(before, held, depthOf(world, to)),
    warnings: downgrade(before, held, to),
  };
};

/** A removal from a suite, or of one rollback, which is named by what it holds now. */
export const planRemoval = (
  world: World,
  source: SourceName,
  distribution: DistributionName,
  version: Version | undefined,
): Plan => {
  const target = resolveDistribution(world.configuration, distribution);
  if (isLeft(target)) return target;
  const { name, before, rollback, held } = placeOf(world, source, distribution);
  if (held === undefined || (version !== undefined && held.version !== version)) {
    return left(notThere(source, version, distribution, held));
  }
  const { repository } = parseDistribution(distribution);
  const seen = changesOf(world.contents, repository, source);
  return right([
    {
      command: { command: 'RemovePackage', repository, source, version: held.version, distribution, seen },
      distribution: name,
      before,
      after: rollback === undefined ? vacate(before, depthOf(world, name)) : forget(before, rollback),
      warnings: [],
    },
  ]);
};

/** What was there before, there again: what a rollback distribution holds, or any version ever installed in the repository. */
export const planRestoration = (
  world: World,
  source: SourceName,
  distribution: DistributionName,
  version: Version | undefined,
): Plan => {
  const target = resolveDistribution(world.configuration, distribution);
  if (isLeft(target)) return target;
  const { repository } = parseDistribution(distribution);
  const { name, before, rollback, held } = placeOf(world, source, distribution);
  const wanted = rollback === undefined ? everInstalled(world, source, distribution, version) : held;
  if (wanted === undefined) return left(notThere(source, version, distribution, held));
  return right([
    {
      command: {
        command: 'RestorePackage',
        repository,
        source,
        version: wanted.version,
        distribution: name,
        from: rollback === undefined ? null : distribution,
        seen: changesOf(world.contents, repository, source),
        ownedElsewhere: owners(world, name, wanted),
      },
      distribution: name,
      before,
      after: occupy(before, wanted, depthOf(world, name)),
      warnings: downgrade(before, wanted, name),
    },
  ]);
};

/** Without a version: the newest rollback. */
const everInstalled = (
  { contents }: World,
  source: SourceName,
  name: DistributionName,
  version: Version | undefined,
): HeldVersion | undefined =>
  version === undefined
    ? slotOf(contents, name, source).earlier[0]
    : versionOf(contents, parseDistribution(name).repository, source, version);

/** The suite that a name belongs to, its slot, and what stands at the very place that was named. */
const placeOf = ({ contents }: World, source: SourceName, distribution: DistributionName) => {
  const { rollback, ...suite } = parseDistribution(distribution);
  const name = distributionName(suite);
  const before = slotOf(contents, name, source);
  return { name, before, rollback, held: rollback === undefined ? before.present : before.earlier[rollback] };
};

const depthOf = ({ configuration }: World, name: DistributionName): number => {
  const target = resolveDistribution(configuration, name);
  return isLeft(target) ? 0 : target.right.suite.rollbacks;
};

const owners = ({ contents }: World, name: DistributionName, { source, binaries }: HeldVersion) =>
  ownedElsewhere(
    contents,
    name,
    source,
    binaries.map((binary) => binary.package),
  );

const downgrade = ({ present }: Slot, { source, version }: HeldVersion, name: DistributionName): readonly string[] =>
  present !== undefined && compareVersions(version, present.version) < 0
    ? [
        `${name} has ${source} ${present.version}: machines that installed it will not go back to ${version} by themselves`,
      ]
    : [];

const notThere = (
  source: SourceName,
  version: Version | undefined,
  distribution: DistributionName,
  held: HeldVersion | undefined,
): Refusal =>
  refusal(
    'not-there',
    version === undefined || held === undefined
      ? `${distribution} has no ${source}`
      : `${distribution} has ${source} ${held.version}, not ${version}`,
    'see show for what is where',
  );
