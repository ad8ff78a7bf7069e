import type { Observable } from 'rxjs';
import { type BuildId, buildId, uploadOfBuild } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Cancels what nobody would install: what an upload that failed is still waiting for, and what a binNMU gave out before it was cancelled as a whole. */
export const cancelBuilds = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'cancel-builds',
    owed: (world) => [...ofReleased(world), ...ofCancelled(world)],
    key: ({ build }) => build,
    work: ({ build, reason }) =>
      tell({ command: 'CancelBuild', build, reason }, duty('cancel-builds', uploadOfBuild(build))),
  });

type Pointless = { readonly build: BuildId; readonly reason: string };

const ofReleased = ({ progress }: World): readonly Pointless[] =>
  [...progress.pointless].flatMap((upload) =>
    [...(progress.uploads.get(upload)?.unended ?? [])].map((architecture) => ({
      build: buildId(upload, architecture),
      reason: 'its upload failed on another architecture',
    })),
  );

/** Those that are requested: the others will be, since they are given out. */
const ofCancelled = ({ binNmus, builds }: World): readonly Pointless[] =>
  [...binNmus.open.values()].flatMap(({ cancelled, rebuilds }) =>
    cancelled === undefined
      ? []
      : [...rebuilds.values()]
          .map(({ planned }) => buildId(planned.upload, planned.architecture))
          .filter((build) => builds.open.has(build))
          .map((build) => ({ build, reason: `the binNMU was cancelled: ${cancelled}` })),
  );
