import type { Configuration } from '../../domain/configuration/configuration.ts';
import { everyDistribution } from '../../domain/configuration/configuration.ts';
import { type DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { Architecture, Codename } from '../../domain/debian/names.ts';
import { type BuildStory, claims } from '../../projections/build-queue.ts';
import { acceptedUploads } from '../../projections/uploads.ts';
import { held } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { buildInWords } from './ending-of-builds.ts';
import { some } from './words.ts';

/**
 * What is on its way to a part of a repository that another configuration takes away: a codename, a suite, an architecture. What goes with
 * a whole repository is told with that.
 */
export const leftBehind = (after: Configuration, world: World): readonly string[] => {
  const { configuration: present, uploads, builds } = world;
  const [there, stays] = [new Set(everyDistribution(present)), new Set(everyDistribution(after))];
  const isTaken = (distribution: DistributionName): boolean =>
    after.repositories.has(parseDistribution(distribution).repository) &&
    there.has(distribution) &&
    !stays.has(distribution);
  const goneFrom = ({ requested }: BuildStory): string | undefined => {
    const { distribution, codename, architecture } = requested;
    if (isTaken(distribution)) return distribution;
    return isBuilt(present, codename, architecture) &&
      after.distributions.has(codename) &&
      !isBuilt(after, codename, architecture)
      ? `${architecture} of ${codename}`
      : undefined;
  };
  const toldOf = (stories: readonly BuildStory[], says: string): readonly string[] =>
    some(
      stories.flatMap((build) => {
        const from = goneFrom(build);
        return from === undefined ? [] : [`${buildInWords(build)} ${says} for ${from}.`];
      }),
    );
  return [
    ...some(
      acceptedUploads(uploads)
        .filter(({ accepted }) => isTaken(accepted.distribution))
        .map(
          ({ accepted: { source, version, distribution } }) =>
            `The upload of ${source} ${version} is under way to ${distribution}.`,
        ),
    ),
    ...toldOf(claims(builds, undefined), 'is being built'),
    ...toldOf(held(world), 'waits to be built'),
  ];
};

const isBuilt = ({ distributions }: Configuration, codename: Codename, architecture: Architecture): boolean =>
  distributions.get(codename)?.architectures.some((each) => each.architecture === architecture) ?? false;
