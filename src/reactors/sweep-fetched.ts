import { catchError, defer, exhaustMap, ignoreElements, type Observable, of } from 'rxjs';
import type { Sha256 } from '../domain/debian/names.ts';
import type { NodeName } from '../domain/node/events.ts';
import type { ArchiveLink } from '../ports/archive-link.ts';
import type { Clock } from '../ports/clock.ts';
import { buildsOf, claims } from '../projections/build-queue.ts';
import { runningChecks } from '../projections/checks.ts';
import type { World } from '../projections/world.ts';
import type { Fault } from './once-each.ts';

const everyMs = 600_000;

/** Lets go of what lies about at a node for no build or check of its own. */
export const sweepFetched = (
  clock: Clock,
  world: World,
  node: NodeName,
  archive: Pick<ArchiveLink, 'fetched' | 'letGo'>,
): Observable<Fault> =>
  clock.every(everyMs).pipe(
    exhaustMap(() =>
      defer(async () => {
        const needed = filesOf(world, node);
        for (const sha256 of await archive.fetched()) if (!needed.has(sha256)) await archive.letGo(sha256);
      }).pipe(
        ignoreElements(),
        catchError((error: unknown) => of({ duty: 'sweep-fetched', item: 'files', error, againInMs: everyMs })),
      ),
    ),
  );

const filesOf = (world: World, node: NodeName): ReadonlySet<Sha256> => {
  const uploads = [...claims(world.builds, node), ...runningChecks(world.checks, node)].map(
    ({ requested }) => requested.upload,
  );
  const sources = uploads.flatMap((upload) => world.progress.uploads.get(upload)?.accepted?.sources ?? []);
  const built = uploads
    .flatMap((upload) => buildsOf(world.builds, upload))
    .flatMap(({ binaries }) => binaries.map(({ file }) => file));
  return new Set([...sources, ...built].map(({ sha256 }) => sha256));
};
