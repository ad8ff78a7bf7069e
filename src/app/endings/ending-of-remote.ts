import type { Ending } from '../../ports/api.ts';
import { claims } from '../../projections/build-queue.ts';
import { requestsIn } from '../../projections/buildrequests.ts';
import type { RemoteStory } from '../../projections/remotes.ts';
import type { World } from '../../projections/world.ts';
import { buildInWords } from './ending-of-builds.ts';
import { some } from './words.ts';

/** What deactivating or removing a remote puts an end to. */
export const endingOfRemote = (what: 'deactivate' | 'remove', remote: RemoteStory, world: World): Ending => {
  const { remote: id, configured } = remote;
  if (configured === undefined) return ofIntroduction(id);
  const theirs = requestsIn(world.buildrequests, 'waiting', 'building', 'built').filter(
    ({ received }) => received.remote === id,
  );
  return {
    goes: [
      ...(what === 'remove' ? [`What is known of ${id}: its address and its key ${configured.fingerprint}.`] : []),
      'Its trust: nothing it signs counts, and nothing is given to it.',
    ],
    depends: [
      ...some(
        claims(world.builds, id).map((build) => `${buildInWords(build)} is taken back from it, and built elsewhere.`),
      ),
      ...some(
        theirs.map(
          ({ received: { source, version, architecture } }) =>
            `${source} ${version} ${architecture}, which it asked us to build, is cancelled.`,
        ),
      ),
    ],
    stays: [
      'What it built for us before.',
      what === 'remove'
        ? 'Its history. Added again, its key has to be compared again.'
        : 'Its address and its key: activate makes it count again.',
    ],
  };
};

const ofIntroduction = (id: string): Ending => ({
  goes: [`The wish of ${id} to be known here.`],
  depends: [],
  stays: ['Nothing of it counted before, and it may ask again.'],
});
