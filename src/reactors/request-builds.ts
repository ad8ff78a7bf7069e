import type { Observable } from 'rxjs';
import type { BuildAdopted, BuildRequested } from '../domain/build/events.ts';
import { parseDistribution } from '../domain/debian/distribution.ts';
import { type BuildId, buildId } from '../domain/ids.ts';
import type { UploadAccepted, WantedBuild } from '../domain/upload/events.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { Progress } from '../projections/build-progress.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What a build that ended had been asked for, and built; nothing unless it succeeded. */
export type BuiltBefore = (
  build: BuildId,
) => Promise<{ readonly requested: BuildRequested; readonly built: Omit<BuildAdopted, 'type' | 'build'> } | undefined>;

type Owed = { readonly progress: Progress; readonly wanted: WantedBuild };

/** Requests a build for every architecture of every accepted upload; one that retries another takes what was built there. */
export const requestBuilds = (
  world$: Observable<World>,
  clock: Clock,
  builtBefore: BuiltBefore,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'request-builds',
    owed,
    key: ({ progress: { accepted }, wanted }) => buildId(accepted.upload, wanted.architecture),
    work: async ({ progress: { accepted, acceptedBy, retried }, wanted }) => {
      const requested = request(accepted, wanted);
      const because = duty('request-builds', accepted.upload, acceptedBy);
      const before = retried?.keeps.includes(wanted.architecture)
        ? await builtBefore(buildId(retried.of, wanted.architecture))
        : undefined;
      if (before === undefined || before.requested.archAll !== wanted.archAll) {
        const { type, ...asked } = requested;
        return tell({ command: 'RequestBuild', ...asked }, because);
      }
      const adopted: BuildAdopted = { type: 'BuildAdopted', build: requested.build, ...before.built };
      return tell({ command: 'AdoptBuild', build: requested.build, requested, adopted }, because);
    },
  });

const owed = ({ progress: { unrequested, uploads } }: World): readonly Owed[] =>
  [...unrequested].flatMap((id) => {
    const progress = uploads.get(id);
    return (progress?.accepted.builds ?? [])
      .filter(({ architecture }) => progress?.unrequested.has(architecture))
      .map((wanted) => ({ progress: progress as Progress, wanted }));
  });

const request = (accepted: UploadAccepted, { architecture, archAll }: WantedBuild): BuildRequested => ({
  type: 'BuildRequested',
  build: buildId(accepted.upload, architecture),
  upload: accepted.upload,
  source: accepted.source,
  version: accepted.version,
  distribution: accepted.distribution,
  codename: parseDistribution(accepted.distribution).codename,
  architecture,
  archAll,
});
