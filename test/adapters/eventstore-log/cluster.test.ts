import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { type EventStoreCluster, startEventStoreCluster } from '../../support/eventstore-cluster.ts';
import type { EventStoreServer } from '../../support/eventstore-server.ts';
import { brisk, gather, until } from './patience.ts';
import { hello, newEvent, recordedBy } from './sample-events.ts';

eventLogContract('an EventStoreDB cluster of three', async () => {
  const cluster = await startEventStoreCluster(3);
  let log = await openEventStoreLog(cluster.connectionString);
  return {
    log,
    reopen: async () => {
      await log.close();
      log = await openEventStoreLog(cluster.connectionString);
      return log;
    },
    dispose: async () => {
      await log.close();
      await cluster.stop();
    },
  };
});

describe('a log on an EventStoreDB cluster whose leader changes', () => {
  let cluster: EventStoreCluster;
  let log: EventLog;
  beforeEach(async () => {
    cluster = await startEventStoreCluster(3);
    log = await openEventStoreLog(cluster.connectionString, brisk);
  });
  afterEach(async () => {
    await log.close();
    await cluster.stop();
  });
  const [first, second, third] = [0, 1, 2].map((n) => () => cluster.nodes[n] as EventStoreServer) as [
    () => EventStoreServer,
    () => EventStoreServer,
    () => EventStoreServer,
  ];
  const appends = () => cluster.nodes.map((node) => node.appendCalls().plain);

  it('appends to the leader from the first time on, whichever node it is', async () => {
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    assert.deepEqual(appends(), [1, 0, 0]);
    cluster.elect(2);
    const other = await openEventStoreLog(cluster.connectionString, brisk);
    await recordedBy(other.append(hello, 0, [newEvent()]));
    await other.close();
    assert.deepEqual(appends(), [1, 0, 1]);
  });

  it('goes to the new leader when its own has become a follower', async () => {
    const followed = gather(log, undefined, 2);
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    cluster.elect(1);
    await recordedBy(log.append(hello, 0, [newEvent()]));
    assert.equal(second().appendCalls().plain, 1);
    assert.deepEqual(await followed, await log.readStream(hello));
  });

  /** The node that the log speaks to has become a follower, and lacks the second of two events. */
  const fallenBehind = async (): Promise<void> => {
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    cluster.elect(1);
    cluster.fallBehind();
    const other = await openEventStoreLog(cluster.connectionString, brisk);
    await recordedBy(other.append(hello, 0, [newEvent()]));
    await other.close();
  };

  it('reads streams as the leader has them, when its own node is a follower by now that is behind', async () => {
    await fallenBehind();
    assert.equal((await log.readStream(hello)).length, 2);
  });

  it('reads the whole log as the leader has it, too', async () => {
    await fallenBehind();
    assert.equal((await log.readAll(undefined, 9)).length, 2);
  });

  it('records once what the lost leader had done and not answered', async () => {
    const followed = gather(log, undefined, 3);
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    const events = [newEvent(), newEvent()];
    first().loseNextAnswer();
    const forget = first().events.onAppended(() => {
      forget();
      cluster.loseLeader();
    });
    const underway = recordedBy(log.append(hello, 0, events));
    await until(() => log.state().status === 'unreachable');
    cluster.elect(2);
    assert.deepEqual(
      (await underway).map(({ id }) => id),
      events.map(({ id }) => id),
    );
    assert.equal(third().appendCalls().plain >= 1, true);
    assert.equal(cluster.nodes[0]?.events.all.length, 3);
    assert.deepEqual(await followed, await log.readAll(undefined, 9));
  });

  it('waits while nobody leads, says so, and records once when somebody does', async () => {
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    cluster.loseLeader();
    const underway = recordedBy(log.append(hello, 0, [newEvent()]));
    await until(() => log.state().status === 'unreachable');
    cluster.elect(1);
    await underway;
    assert.equal(cluster.nodes[1]?.events.all.length, 2);
    assert.equal(log.state().status, 'writable');
  });

  it('follows without a gap and without a double while leaders come and go', async () => {
    const wanted = 40;
    const followed = gather(log, undefined, wanted);
    for (let n = 0; n < wanted; n += 1) {
      if (n % 9 === 4) cluster.elect(Math.floor(n / 9) % 3);
      if (n % 13 === 6) cluster.leader()?.network.cut();
      await recordedBy(log.append(`upload-n${n}` as StreamName, 'none', [newEvent()]));
    }
    assert.deepEqual(await followed, await log.readAll(undefined, 100));
  });
});
