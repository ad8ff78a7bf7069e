import { isLeft, left } from 'fp-ts/lib/Either.js';
import { lost } from '../../domain/archive/losses.ts';
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
import { standingAt } from './standing-at.ts';

/** What was there before, there again: what a rollback distribution holds, or any version ever installed in the repository. */
export const planRestoration = (
  world: World,
  sources: readonly SourceName[],
  distribution: DistributionName,
  version: Version | undefined,
): Planned => {
  const target = resolveDistribution(world.configuration, distribution);
  if (isLeft(target)) return target;
  const { repository, rollback, ...suite } = parseDistribution(distribution);
  const into = distributionName({ repository, ...suite });
  const members: Member[] = [];
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
  return planOf(world, repository, members);
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
