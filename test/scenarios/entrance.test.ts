import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { LeaseLost, readLease, takeLease } from '../../src/app/lease/hold-lease.ts';
import { enter } from '../../src/entrance.ts';
import { settingsFrom } from '../../src/settings.ts';
import { hello, newEvent, recordedBy } from '../adapters/eventstore-log/sample-events.ts';
import { startEventStoreServer } from '../support/eventstore-server.ts';

describe('The entrance of a daemon on a log that others reach', () => {
  it('lets it write until another node takes over, and not once more', async (test) => {
    const server = await startEventStoreServer();
    const [opened, others] = [
      await openEventStoreLog(server.connectionString),
      await openEventStoreLog(server.connectionString),
    ];
    test.after(async () => {
      await opened.close();
      await others.close();
      await server.stop();
    });
    const settings = settingsFrom({
      MINI_BUILDD_HOME: '/nowhere',
      MINI_BUILDD_LOG: server.connectionString,
      MINI_BUILDD_HOSTNAME: 'buildd.example.org',
      MINI_BUILDD_HTTP: '127.0.0.1:0',
      MINI_BUILDD_NODE: '127.0.0.1:8066',
    });
    const heard: string[] = [];
    const { log, permit } = await enter(opened, settings, undefined, {
      waits: () => undefined,
      lost: ({ message }) => heard.push(message),
      begin: undefined,
    });
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    await permit();

    const taken = {
      type: 'ArchiveLeaseTaken',
      node: 'bert:8066',
      builder: 'buildd.example.org',
      because: 'it was silent',
    } as const;
    assert.ok(await takeLease(others, await readLease(others), taken));
    await assert.rejects(log.append(hello, 0, [newEvent()]), LeaseLost);
    await assert.rejects(permit(), LeaseLost);
    assert.equal((await others.readStream(hello)).length, 1);
    assert.match(heard[0] ?? '', /bert:8066 took over/);
  });
});
