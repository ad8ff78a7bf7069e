import { isLeft } from 'fp-ts/lib/Either.js';
import { internalPriority, recipeFor } from '../../domain/build/recipe.ts';
import type { BinNmuFacts } from '../../domain/buildrequest/travelling-binnmu.ts';
import { aptHosts, buildApt } from '../../domain/configuration/apt-sources.ts';
import { resolveDistribution } from '../../domain/configuration/configuration.ts';
import type { UploadId } from '../../domain/ids.ts';
import { archiveMaintainer } from '../../domain/port/changelog-entry.ts';
import type { BuildOrder } from '../../ports/builder.ts';
import { rebuildOf } from '../../projections/binnmus.ts';
import type { BuildStory } from '../../projections/build-queue.ts';
import { withBestArchives } from '../../projections/sources.ts';
import type { World } from '../../projections/world.ts';

/**
 * Writes down everything an attempt needs, from the world as it is now. Throws when the upload or its distribution are gone: such a
 * build cannot be run by anybody.
 */
export const buildOrders =
  (world: World, ownUrl: string, timeouts: { readonly buildSeconds: number; readonly silenceSeconds: number }) =>
  ({ id, requested }: BuildStory, attempt: number): BuildOrder => {
    const upload = world.progress.uploads.get(requested.upload)?.accepted;
    const target = resolveDistribution(world.configuration, requested.distribution);
    if (upload === undefined || isLeft(target)) {
      throw new Error(`build ${id} is for ${requested.distribution}, which is not configured any more`);
    }
    const { options } = upload;
    const settings = target.right.distribution.build;
    const configuration = withBestArchives(world.configuration, world.sources);
    const apt = buildApt(configuration, target.right, ownUrl, internalPriority(options, settings));
    return {
      build: id,
      attempt,
      source: requested.source,
      version: requested.version,
      distribution: requested.distribution,
      codename: requested.codename,
      architecture: requested.architecture,
      archAll: requested.archAll,
      sources: upload.sources,
      aptSources: apt.sources,
      aptPreferences: apt.preferences,
      aptHosts: aptHosts(world.configuration, target.right.distribution, ownUrl),
      ...binNmuOf(requested.upload, world),
      recipe: recipeFor(options, requested.architecture, settings),
      timeoutSeconds: timeouts.buildSeconds,
      silenceSeconds: timeouts.silenceSeconds,
    };
  };

/** How a binNMU is written down; nothing of what an upload asked for. */
export const binNmuOf = (upload: UploadId, world: World): { readonly binNmu?: BinNmuFacts } => {
  const rebuild = rebuildOf(world.binNmus, upload);
  if (rebuild === undefined) return {};
  const { reason, requestedAt } = rebuild.of;
  const by = archiveMaintainer(world.configuration.instance);
  return { binNmu: { number: rebuild.planned.number, reason, by, at: requestedAt } };
};
