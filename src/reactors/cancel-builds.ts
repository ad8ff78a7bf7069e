import type { Observable } from 'rxjs';
import { buildId, uploadOfBuild } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Cancels what an upload that failed is still waiting for: nobody would install it. */
export const cancelBuilds = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'cancel-builds',
    owed: ({ progress }) =>
      [...progress.pointless].flatMap((upload) =>
        [...(progress.uploads.get(upload)?.unended ?? [])].map((architecture) => buildId(upload, architecture)),
      ),
    key: (build) => build,
    work: (build) =>
      tell(
        { command: 'CancelBuild', build, reason: 'its upload failed on another architecture' },
        duty('cancel-builds', uploadOfBuild(build)),
      ),
  });
