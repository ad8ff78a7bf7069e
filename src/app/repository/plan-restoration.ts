import { isLeft, left } from 'fp-ts/lib/Either.js';
import { lost } from '../../domain/archive/losses.ts';
import { otherCodename } from '../../domain/archive/obstacles.ts';
import type { Member } from '../../domain/change/events.ts';
import { resolveDistribution } from '../../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName, Version } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import { changesOf, slotOf, versionOf } from '../../projections/contents.ts';
import { lossOf } from '../../projections/retention.ts';
import type { World } from '../../projections/world.ts';
import { notThere, type Planned, planOf } from './plan.ts';
import { chainFrom } from './plan-migration.ts';
import { standingAt } from './standing-at.ts';

/**
 * What was there before, there again: what a rollback distribution holds, or any version that was installed where it could migrate from to
 * there. With `force` also one of the same codename from any other suite.
 */
export const planRestoration = (
  world: World,
  sources: readonly SourceName[],
  distribution: DistributionName,
  version: Version | undefined,
  force: boolean,
): Planned => {
  const target = resolveDistribution(world.configuration, distribution);
  if (isLeft(target)) return target;
  const { repository, rollback, ...suite } = parseDistribution(distribution);
  const into = distributionName({ repository, ...suite });
  const members: Member[] = [];
  const strays = new Map<SourceName, string>();
  for (const source of sources) {
    const wanted =
      rollback === undefined ? everInstalled(world, source, into, version) : standingAt(world, source, distribution);
    if (wanted === undefined || (version !== undefined && wanted.version !== version)) {
      return left(notThere(source, version, distribution, wanted));
    }
    if (standingAt(world, source, into)?.version === wanted.version) {
      return left(
        refusal('already-there', `${into} holds ${source} ${wanted.version} already`, 'nothing needs to be done'),
      );
    }
    const arrivedIn = versionOf(world.contents, repository, source, wanted.version)?.arrivedIn;
    const foreign = otherCodename(source, wanted.version, arrivedIn, into);
    if (foreign !== undefined) return left(foreign);
    if (arrivedIn !== undefined && isStray(world, source, wanted.version, arrivedIn, into)) {
      const fact = `${source} ${wanted.version} was installed into ${arrivedIn}, from where nothing migrates to ${into}`;
      if (!force) return left(refusal('stray-version', fact, 'if it belongs there all the same: --force'));
      strays.set(source, fact);
    }
    const loss = lossOf(world.retention, repository, source, wanted.version);
    if (loss !== undefined) return left(lost(source, wanted.version, loss.because));
    members.push({
      source,
      seen: changesOf(world.contents, repository, source),
      steps: [
        {
          deed: 'restore',
          version: wanted.version,
          distribution: into,
          from: rollback === undefined ? null : distribution,
        },
      ],
    });
  }
  return planOf(world, repository, members, strays);
};

/** Whether a version never came to a suite by itself, and is no rollback of it. */
const isStray = (
  { configuration, contents }: World,
  source: SourceName,
  version: Version,
  from: DistributionName,
  into: DistributionName,
): boolean => {
  if (from === into || slotOf(contents, into, source).earlier.some((earlier) => earlier.version === version))
    return false;
  const start = resolveDistribution(configuration, from);
  return isLeft(start) || !chainFrom(start.right).includes(into);
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
