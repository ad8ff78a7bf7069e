import { startEventStoreCluster } from '../support/eventstore-cluster.ts';
import { restartScenarios } from './support/restart-scenarios.ts';

/** Of nobody leading, from when the daemon was killed: it begins without a leader, and finds one soon. Milliseconds. */
const election = 2_000;

restartScenarios(
  'a daemon whose log is in a cluster of event stores that elects meanwhile, and that ends in the middle of its work',
  async () => {
    const cluster = await startEventStoreCluster(3);
    let lives = 0;
    return {
      env: { MINI_BUILDD_LOG: cluster.connectionString },
      meanwhile: () => {
        lives += 1;
        const next = lives % cluster.nodes.length;
        cluster.elect(undefined);
        setTimeout(() => cluster.elect(next), election).unref();
      },
      stop: cluster.stop,
    };
  },
);
