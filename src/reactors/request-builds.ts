import type { Observable } from 'rxjs';
import { parseDistribution } from '../domain/debian/distribution.ts';
import { buildId } from '../domain/ids.ts';
import type { WantedBuild } from '../domain/upload/events.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type AcceptedUpload, acceptedAmong } from '../projections/uploads.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

type Owed = { readonly story: AcceptedUpload; readonly wanted: WantedBuild };

/** Requests a build for every architecture of every accepted upload. */
export const requestBuilds = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'request-builds',
    owed,
    key: ({ story, wanted }) => buildId(story.id, wanted.architecture),
    work: ({ story, wanted }) =>
      tell(
        {
          command: 'RequestBuild',
          build: buildId(story.id, wanted.architecture),
          upload: story.id,
          source: story.accepted.source,
          version: story.accepted.version,
          distribution: story.accepted.distribution,
          codename: parseDistribution(story.accepted.distribution).codename,
          architecture: wanted.architecture,
          archAll: wanted.archAll,
        },
        duty('request-builds', story.id, story.because),
      ),
  });

const owed = ({ uploads, progress: { unrequested } }: World): readonly Owed[] =>
  acceptedAmong(uploads, unrequested.keys()).flatMap((story) =>
    story.accepted.builds
      .filter(({ architecture }) => unrequested.get(story.id)?.has(architecture))
      .map((wanted) => ({ story, wanted })),
  );
