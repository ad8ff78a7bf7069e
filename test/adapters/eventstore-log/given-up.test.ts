import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { fencedLog, LeaseLost, readLease, takeLease, whileHeld } from '../../../src/app/lease/hold-lease.ts';
import type { ArchiveLeaseTaken } from '../../../src/domain/lease/events.ts';
import { startEventStoreCluster } from '../../support/eventstore-cluster.ts';
import { storedEvents } from '../../support/eventstore-server/stored-events.ts';
import { startEventStoreServer } from '../../support/eventstore-server.ts';
import { eventually } from '../../system/support/programs.ts';
import { brisk, until } from './patience.ts';
import { hello, newEvent, recordedBy } from './sample-events.ts';

const takenBy = (node: string, because: string): ArchiveLeaseTaken => ({
  type: 'ArchiveLeaseTaken',
  node,
  builder: 'buildd',
  because,
});

describe('an append that must not come late', () => {
  it('is not repeated once another node holds the lease', async () => {
    const events = storedEvents(Date.now);
    const servers = [await startEventStoreServer({ events }), await startEventStoreServer({ events })] as const;
    const former = await openEventStoreLog(servers[0].connectionString, brisk);
    const latter = await openEventStoreLog(servers[1].connectionString, brisk);
    try {
      const held = await takeLease(former, await readLease(former), takenBy('ernie:8066', 'nobody held it'));
      assert.ok(held);
      const heard: string[] = [];
      const cutOff: typeof former = {
        ...former,
        append: (...given) => {
          servers[0].network.refuse();
          return former.append(...given);
        },
      };
      const fenced = fencedLog(
        cutOff,
        whileHeld(held, ({ message }) => heard.push(message)),
      );
      const late = assert.rejects(fenced.append(hello, 'none', [newEvent()]), LeaseLost);
      await until(() => former.state().status === 'unreachable');
      await takeLease(latter, await readLease(latter), takenBy('bert:8066', 'it was silent'));
      servers[0].network.admit();
      await late;
      assert.match(heard.join(), /^This node held the archive until bert:8066 took over/);
      assert.deepEqual(await latter.readStream(hello), []);
    } finally {
      await former.close();
      await latter.close();
      for (const server of servers) await server.stop();
    }
  });

  it('is not sent any more when the store is found after it was given up', async () => {
    const cluster = await startEventStoreCluster(3);
    const impatient = { answerWithin: 300, giveUpAfter: 250, firstWait: 1, longestWait: 1 };
    const log = await openEventStoreLog(cluster.connectionString, impatient);
    const patient = await openEventStoreLog(cluster.connectionString, brisk);
    try {
      for (const { network } of cluster.nodes) network.refuse();
      await assert.rejects(log.append(hello, 'none', [newEvent()]), /did not answer/);
      for (const { network } of cluster.nodes) network.admit();
      await pause(2_000);
      assert.deepEqual(await patient.readStream(hello), []);
      // It gives up a slow machine as soon as a store that is away.
      const event = newEvent();
      await eventually('the log goes on', 30, () =>
        recordedBy(log.append(hello, 'none', [event])).catch(() => undefined),
      );
    } finally {
      await patient.close();
      await log.close();
      await cluster.stop();
    }
  });
});
