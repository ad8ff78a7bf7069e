import { isLeft } from 'fp-ts/lib/Either.js';
import { internalPriority } from '../../domain/build/recipe.ts';
import { aptHosts, buildApt } from '../../domain/configuration/apt-sources.ts';
import { resolveDistribution } from '../../domain/configuration/configuration.ts';
import type { CheckOrder } from '../../ports/checker.ts';
import { type BuildStory, buildsOf } from '../../projections/build-queue.ts';
import type { CheckStory } from '../../projections/checks.ts';
import { checksWanted } from '../../projections/checks-owed.ts';
import { withBestArchives } from '../../projections/sources.ts';
import type { World } from '../../projections/world.ts';

/**
 * Writes down everything an attempt at a check needs, from the world as it is now: apt as the build had it, and what was built. Throws when
 * upload, build or distribution are gone: such a check cannot be run by anybody.
 */
export const checkOrders =
  (world: World, ownUrl: string, timeouts: { readonly buildSeconds: number; readonly silenceSeconds: number }) =>
  ({ id, requested }: CheckStory, attempt: number): CheckOrder => {
    const { upload, tool, distribution, source, version, codename, architecture } = requested;
    const accepted = world.progress.uploads.get(upload)?.accepted;
    const target = resolveDistribution(world.configuration, distribution);
    const builds = buildsOf(world.builds, upload);
    const build = builds.find((story) => story.id === requested.build);
    if (accepted === undefined || build === undefined || isLeft(target)) {
      throw new Error(`check ${id} is of a build for ${distribution} that is not known any more`);
    }
    const priority = internalPriority(accepted.options, target.right.distribution.build);
    const configuration = withBestArchives(world.configuration, world.sources);
    const apt = buildApt(configuration, target.right, ownUrl, priority);
    return {
      check: id,
      attempt,
      tool,
      options: checksWanted(build, accepted, world.configuration).find((wanted) => wanted.tool === tool)?.options ?? [],
      source,
      version,
      codename,
      architecture,
      sources: accepted.sources,
      withSource: build.requested.archAll,
      records: recordsOf(build),
      binaries: build.binaries.map(({ file }) => file),
      siblings: builds
        .filter((other) => other.id !== build.id)
        .flatMap(({ binaries }) => binaries.filter((binary) => binary.architecture === 'all').map(({ file }) => file)),
      aptSources: apt.sources,
      aptPreferences: apt.preferences,
      aptHosts: aptHosts(world.configuration, target.right.distribution, ownUrl),
      timeoutSeconds: timeouts.buildSeconds,
      silenceSeconds: timeouts.silenceSeconds,
    };
  };

const recordsOf = ({ outcome }: BuildStory): CheckOrder['records'] =>
  outcome !== undefined && 'records' in outcome ? outcome.records : [];
