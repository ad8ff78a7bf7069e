import type { Ending } from '../../ports/api.ts';
import { claims, waiting } from '../../projections/build-queue.ts';
import { fitsElsewhere, obstacle, type Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { buildInWords } from './ending-of-builds.ts';
import { counted, some } from './words.ts';

/** What would wait if nothing were built on this machine any more. */
export const endingOfBuilder = (world: World, place: Place): Ending => {
  const here = waiting(world.builds).filter((build) => obstacle(build, world, place) === undefined);
  const stuck = here.filter((build) => !fitsElsewhere(build, world));
  const elsewhere = here.length - stuck.length;
  return {
    goes: [`${counted(place.room, 'place')} of ${place.builder}: MINI_BUILDD_BUILDS=0 takes them away.`],
    depends: [
      ...some(
        claims(world.builds, place.builder).map((build) =>
          fitsElsewhere(build, world)
            ? `${buildInWords(build)} would be begun again elsewhere.`
            : `${buildInWords(build)} would wait: no other builder fits.`,
        ),
      ),
      ...some(stuck.map((build) => `${buildInWords(build)} would wait on: no other builder fits.`)),
    ],
    stays: [
      ...(elsewhere === 0 ? [] : [`${counted(elsewhere, 'build')} in the queue that others may build.`]),
      'The queue, and what was built.',
    ],
  };
};
