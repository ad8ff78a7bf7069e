import { sinceWhen } from '../domain/since-when.ts';
import type { RollCall } from '../ports/roll-call.ts';
import { type BuildStory, waiting } from './build-queue.ts';
import { nodesFor } from './candidates.ts';
import { addedRemotes, type RemoteStory } from './remotes.ts';
import { isTakenBy, obstacle, type Place, undistributed } from './waiting-reason.ts';
import type { World } from './world.ts';

/** As long as a machine may take to come up. Milliseconds. */
const comesUpMs = 600_000;

/** Active remotes that do not answer and that a build waits for, since nobody who is there, nodes among them, can build it; not those woken just now. */
export const sleepers = (
  world: World,
  place: Place,
  roll: RollCall,
  now: number,
): readonly { readonly remote: RemoteStory; readonly build: BuildStory }[] => {
  const remotes = addedRemotes(world.remotes).filter(({ active }) => active);
  const asleep = remotes.filter(
    ({ state, woken }) =>
      state === 'lost' && (woken === undefined || now - sinceWhen(woken, woken.at, now) > comesUpMs),
  );
  if (asleep.length === 0) return [];
  const awake = remotes.filter(({ state }) => state === 'found');
  const isForANode = nodesFor(world, roll, now);
  const homeless = waiting(world.builds).filter(
    (build) =>
      undistributed(build, world) === undefined &&
      (place.room === 0 || obstacle(build, world, place) !== undefined) &&
      !isForANode(build) &&
      !awake.some((remote) => isTakenBy(build, remote, world)),
  );
  return asleep.flatMap((remote) => {
    const build = homeless.find((each) => isTakenBy(each, remote, world));
    return build === undefined ? [] : [{ remote, build }];
  });
};
