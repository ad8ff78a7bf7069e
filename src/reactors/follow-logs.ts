import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import { type Observable, tap } from 'rxjs';
import type { BuildId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import { markOf } from '../domain/remote/statement.ts';
import type { LiveLog } from '../ports/builder.ts';
import type { Clock } from '../ports/clock.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import type { OpenWrittenLog } from '../ports/written-log.ts';
import { type BuildStory, running } from '../projections/build-queue.ts';
import { guestBuild } from '../projections/buildrequests.ts';
import { addedRemotes } from '../projections/remotes.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Logs of builds that run on remotes, as far as they came here. */
export type FollowedLogs = {
  readonly liveLog: (build: BuildId) => LiveLog | undefined;
  readonly faults$: (world$: Observable<World>) => Observable<Fault>;
};

/** `url` is where it runs, `there` its name at that place. */
type Followed = { readonly build: BuildStory; readonly there: BuildId; readonly url: string };

/**
 * Follows the log of every build that runs on a node, or that a remote says it is building, so that it is shown here as those of our own. A broken line begins anew; the log
 * that counts comes with the result.
 */
export const followedLogs = (
  clock: Clock,
  neighbours: Pick<Neighbours, 'heard'>,
  follow: (url: string, there: BuildId, end: AbortSignal) => Promise<Either<Refusal, AsyncIterable<Uint8Array>>>,
  openLog: OpenWrittenLog,
): FollowedLogs => {
  const logs = new Map<BuildId, LiveLog>();
  const ends = new Map<AbortController, BuildStory>();
  const followed = (world: World): readonly Followed[] => [...atNodes(world), ...atRemotes(world)];
  const atRemotes = (world: World): readonly Followed[] =>
    addedRemotes(world.remotes).flatMap(({ remote, configured, active }) =>
      active
        ? running(world.builds, remote).flatMap((build) => {
            const request = build.dispatched?.request.sha256;
            if (request === undefined || build.answer !== undefined) return [];
            const there = guestBuild(request, build.requested.architecture);
            const isBuilding = neighbours.heard(remote)?.statement.requests.get(markOf(request))?.state === 'building';
            return isBuilding ? [{ build, there, url: configured.url }] : [];
          })
        : [],
    );
  const work = async ({ build, there, url }: Followed): Promise<void> => {
    const end = new AbortController();
    const log = await openLog(`${build.id}-${build.attempts}-followed`);
    ends.set(end, build);
    try {
      const bytes = await follow(url, there, end.signal);
      // It is away, which is known otherwise, or has ended it, which it says soon.
      if (isLeft(bytes)) return;
      logs.set(build.id, log.live);
      for await (const chunk of bytes.right) await log.write(Buffer.from(chunk));
    } catch (error) {
      if (!end.signal.aborted) throw error;
    } finally {
      ends.delete(end);
      // Another attempt may have its own by now.
      if (logs.get(build.id) === log.live) logs.delete(build.id);
      await log.close();
      await log.remove();
    }
  };
  return {
    liveLog: (build) => logs.get(build),
    faults$: (world$) =>
      onceEach(
        world$.pipe(
          tap(({ builds }) => {
            for (const [end, { id, attempts }] of ends) {
              if (builds.claimed.get(id)?.attempts !== attempts) end.abort();
            }
          }),
        ),
        clock,
        { name: 'follow-logs', owed: followed, key: ({ build }) => `${build.id}#${build.attempts}`, work },
      ),
  };
};

const atNodes = ({ nodes, builds }: World): readonly Followed[] =>
  [...nodes.values()].flatMap(({ node, process }) =>
    process === undefined
      ? []
      : running(builds, node).map((build) => ({ build, there: build.id, url: `http://${process.address}` })),
  );
