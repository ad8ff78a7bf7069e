import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { copyLogOnHost } from '../../src/cli/host-log-copy.ts';
import { type Settings, settingsFrom } from '../../src/settings.ts';
import { hello, newEvent, recordedBy, world } from '../adapters/eventstore-log/sample-events.ts';
import { type EventStoreServer, startEventStoreServer } from '../support/eventstore-server.ts';
import { removeFolder } from '../support/remove-folder.ts';

describe('mini-buildd log copy', () => {
  let home: string;
  let settings: Settings;
  let store: EventStoreServer;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'mini-buildd-copy-'));
    settings = settingsFrom({ MINI_BUILDD_HOME: home });
    store = await startEventStoreServer();
    const log = await openEmbeddedLog(join(home, 'log'));
    await recordedBy(log.append(hello, 'none', [newEvent(), newEvent()]));
    await recordedBy(log.append(world, 'none', [newEvent()]));
    await log.close();
  });
  after(async () => {
    await store.stop();
    await removeFolder(home);
  });
  const copy = (from: string, to: string, dryRun = false) => copyLogOnHost([from, to], { dryRun }, settings);
  const digestOf = (said: string): string => /[0-9a-f]{64}/.exec(said)?.[0] ?? '';

  it('moves an instance to an event store and back, saying the same digest each time', async () => {
    const back = `embedded:${join(home, 'back')}`;
    assert.equal(await copy('embedded:', store.connectionString, true), '3 of 3 events would be copied\n');
    assert.equal(store.events.all.length, 0);
    const there = await copy('embedded:', store.connectionString);
    assert.match(there, /^3 of 3 events copied.*both logs are the same: SHA-256 [0-9a-f]{64}\n$/);
    assert.equal(await copy(store.connectionString, back, true), '3 of 3 events would be copied\n');
    assert.equal(existsSync(join(home, 'back')), false);
    assert.equal(digestOf(await copy(store.connectionString, back)), digestOf(there));
    assert.equal(digestOf(await copy(back, 'embedded:')), digestOf(there));
  });

  it('goes on with what came since', async () => {
    const log = await openEmbeddedLog(join(home, 'log'));
    await recordedBy(log.append(hello, 1, [newEvent()]));
    await log.close();
    assert.match(await copy('embedded:', store.connectionString), /^1 of 4 events copied/);
  });

  it('does not run beside a daemon, on what is not there, or with a login for everybody to see', async () => {
    const running = await openEmbeddedLog(join(home, 'log'));
    await assert.rejects(copy('embedded:', store.connectionString), /in use|another process|lock/i);
    await running.close();
    await assert.rejects(copy('embedded:/nowhere', 'embedded:'), /^Error: There is no log in \/nowhere$/);
    await assert.rejects(copy('esdb://admin:changeit@host', 'embedded:'), (error: Error) => {
      assert.match(error.message, /name a file by MINI_BUILDD_LOG_LOGIN/);
      assert.doesNotMatch(error.message, /changeit/);
      return true;
    });
  });
});
