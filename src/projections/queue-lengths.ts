import { awaitedRequests, running, waiting } from './build-queue.ts';
import { requestsIn } from './buildrequests.ts';
import { overtakenPorts } from './followed-ports.ts';
import { lostRemotes } from './remotes.ts';
import type { World } from './world.ts';

/** How much is owed right now, in few and bounded words. */
export const queueLengths = (
  world: World,
): readonly { readonly queue: string; readonly architecture: string; readonly length: number }[] => {
  const { uploads, builds, buildrequests, remotes } = world;
  const byStatus = Map.groupBy(uploads.open.values(), ({ status }) => status);
  const byArchitecture = Map.groupBy(waiting(builds), ({ requested }) => requested.architecture);
  return [
    { queue: 'uploads-to-judge', architecture: '', length: byStatus.get('received')?.length ?? 0 },
    { queue: 'uploads-building', architecture: '', length: byStatus.get('accepted')?.length ?? 0 },
    { queue: 'uploads-to-publish', architecture: '', length: byStatus.get('installed')?.length ?? 0 },
    { queue: 'builds-in-dep-wait', architecture: '', length: builds.depWait.size },
    { queue: 'builds-running', architecture: '', length: running(builds, undefined).length },
    { queue: 'builds-elsewhere', architecture: '', length: awaitedRequests(builds).length },
    { queue: 'buildrequests-waiting', architecture: '', length: requestsIn(buildrequests, 'waiting').length },
    { queue: 'buildrequests-building', architecture: '', length: requestsIn(buildrequests, 'building').length },
    { queue: 'ports-overtaken', architecture: '', length: overtakenPorts(world).length },
    { queue: 'remotes-lost', architecture: '', length: lostRemotes(remotes).length },
    ...[...byArchitecture].map(([architecture, all]) => ({
      queue: 'builds-waiting',
      architecture,
      length: all.length,
    })),
  ];
};
