import type { Observable } from 'rxjs';
import { parseDistribution } from '../domain/debian/distribution.ts';
import { buildId } from '../domain/ids.ts';
import type { UploadAccepted, WantedBuild } from '../domain/upload/events.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { buildsOf } from '../projections/build-queue.ts';
import { acceptedUploads, type UploadStory } from '../projections/uploads.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

type Owed = { readonly story: UploadStory; readonly accepted: UploadAccepted; readonly wanted: WantedBuild };

/** Requests a build for every architecture of every accepted upload. */
export const requestBuilds = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'request-builds',
    owed,
    key: ({ story, wanted }) => buildId(story.id, wanted.architecture),
    work: ({ story, accepted, wanted }) =>
      tell(
        {
          command: 'RequestBuild',
          build: buildId(story.id, wanted.architecture),
          upload: story.id,
          source: accepted.source,
          version: accepted.version,
          distribution: accepted.distribution,
          codename: parseDistribution(accepted.distribution).codename,
          architecture: wanted.architecture,
          archAll: wanted.archAll,
        },
        duty('request-builds', story.id, story.because),
      ),
  });

const owed = ({ uploads, builds }: World): readonly Owed[] =>
  acceptedUploads(uploads).flatMap((story) => {
    const requested = new Set<string>(
      buildsOf(builds, story.id).map(({ requested: { architecture } }) => architecture),
    );
    return story.accepted.builds
      .filter(({ architecture }) => !requested.has(architecture))
      .map((wanted) => ({ story, accepted: story.accepted, wanted }));
  });
