import type { TestContext } from 'node:test';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { startEventStoreCluster } from './eventstore-cluster.ts';
import { startEventStoreServer } from './eventstore-server.ts';
import type { Machine } from './in-memory-daemon.ts';

/** Where the log of a machine stands, when not in memory. */
export type Elsewhere = (now: () => number) => Promise<Machine['openLog']>;

type Ends = Pick<TestContext, 'after'>;

/** The log in an event store of its own. */
export const onServer =
  (test: Ends): Elsewhere =>
  async (now) => {
    const server = await startEventStoreServer({ now });
    return opened(test, server.stop, () => openEventStoreLog(server.connectionString));
  };

/** Of nobody leading while a daemon starts. Milliseconds. */
const election = 30;

/** The log in a cluster of three, which elects another leader whenever a daemon starts, and is in the middle of that when it does. */
export const onCluster =
  (test: Ends): Elsewhere =>
  async (now) => {
    const cluster = await startEventStoreCluster(3, { now });
    let lives = 0;
    return opened(test, cluster.stop, async () => {
      lives += 1;
      const next = lives % cluster.nodes.length;
      cluster.elect(undefined);
      setTimeout(() => cluster.elect(next), election);
      return openEventStoreLog(cluster.connectionString);
    });
  };

/** A log is closed with the test: after its daemon was killed, the test still reads it. */
const opened = (test: Ends, stop: () => Promise<void>, open: () => Promise<EventLog>): Machine['openLog'] => {
  const logs: EventLog[] = [];
  test.after(async () => {
    await Promise.all(logs.map((log) => log.close()));
    await stop();
  });
  return async () => {
    const log = await open();
    logs.push(log);
    return log;
  };
};
