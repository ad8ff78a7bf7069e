import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { type Certificate, selfSigned } from '../../support/certificates.ts';
import type { Users } from '../../support/eventstore-server/admission.ts';
import { type EventStoreServer, startEventStoreServer } from '../../support/eventstore-server.ts';
import { brisk, gather, until } from './patience.ts';
import { hello, newEvent, recordedBy, world } from './sample-events.ts';

describe('a log on an EventStoreDB server that wants to know who comes', () => {
  const users: Users = new Map();
  let own: Certificate;
  let other: Certificate;
  let folder: string;
  let server: EventStoreServer;
  const logs: EventLog[] = [];
  before(() => {
    [own, other] = [selfSigned(), selfSigned('ernie')];
    folder = mkdtempSync(join(tmpdir(), 'mini-buildd-login-'));
  });
  after(() => {
    own.remove();
    other.remove();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    users.clear();
    users.set('mini-buildd', { password: 'pa:ss wörd', may: 'append' });
    server = await startEventStoreServer({ tls: { server: own, users } });
  });
  afterEach(async () => {
    for (const log of logs.splice(0)) await log.close();
    await server.stop();
  });

  const open = async (connectionString: string, options: object = {}): Promise<EventLog> => {
    const log = await openEventStoreLog(connectionString, { ...brisk, giveUpAfter: 300, ...options });
    logs.push(log);
    return log;
  };
  const loginFile = (text: string): string => {
    const file = join(folder, 'login');
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const asUser = (login: string): string => server.connectionString.replace('://', `://${login}@`);
  const reasonOf = (log: EventLog): string => {
    const state = log.state();
    return state.status === 'writable' ? 'writable' : state.reason;
  };

  it('speaks TLS, and shows the login that a file holds', async () => {
    const log = await open(server.connectionString, { loginFile: loginFile('mini-buildd:pa:ss wörd\n') });
    const recorded = await recordedBy(log.append(hello, 'none', [newEvent()]));
    assert.deepEqual(await gather(log, undefined, 1), recorded);
    assert.deepEqual(await log.readAll(undefined, 9), recorded);
  });

  it('shows the login of the connection string', async () => {
    const log = await open(asUser('mini-buildd:pa%3Ass%20w%C3%B6rd'));
    assert.equal((await recordedBy(log.append(hello, 'none', [newEvent()]))).length, 1);
  });

  it('says that it is not let in, with the remedy and without the password, and goes on when it is', async () => {
    const log = await open(asUser('mini-buildd:changeit'));
    assert.match(reasonOf(log), /^The event store refuses us \(.*Unauthenticated\); check the user, its password/);
    const started = performance.now();
    await assert.rejects(log.append(hello, 'none', [newEvent()]), /Unauthenticated/);
    await assert.rejects(log.readStream(hello), /Unauthenticated/);
    assert.ok(performance.now() - started < 5_000, 'it does not insist where it is refused');
    assert.doesNotMatch(JSON.stringify(log.state()), /changeit/);
    const followed = gather(log, undefined, 1);
    users.set('mini-buildd', { password: 'changeit', may: 'append' });
    const recorded = await recordedBy(log.append(hello, 'none', [newEvent()]));
    assert.deepEqual(await followed, recorded);
    assert.equal(log.state().status, 'writable');
  });

  it('is refused without a login', async () => {
    const log = await open(server.connectionString);
    assert.match(reasonOf(log), /refuses us \(.*Access Denied\)/);
  });

  it('reads on where it may not write, says so until it may, and records nothing in between', async () => {
    const log = await open(asUser('mini-buildd:pa%3Ass%20w%C3%B6rd'));
    const [first] = await recordedBy(log.append(hello, 'none', [newEvent()]));
    users.set('mini-buildd', { password: 'pa:ss wörd', may: 'read' });
    const refused = newEvent();
    await assert.rejects(log.append(world, 'none', [refused]), /Access Denied/);
    assert.deepEqual(await log.readAll(undefined, 9), [first]);
    assert.match(reasonOf(log), /refuses what we append .*give its user the right to write/);
    users.set('mini-buildd', { password: 'pa:ss wörd', may: 'append' });
    const recorded = await recordedBy(log.append(world, 'none', [refused]));
    assert.deepEqual(await log.readAll(undefined, 9), [first, ...recorded]);
    assert.equal(log.state().status, 'writable');
  });

  it('learns by itself that it may write again, and records nothing by asking', async () => {
    const log = await open(asUser('mini-buildd:pa%3Ass%20w%C3%B6rd'));
    const first = await recordedBy(log.append(hello, 'none', [newEvent()]));
    users.set('mini-buildd', { password: 'pa:ss wörd', may: 'read' });
    for (const stream of [hello, world])
      await assert.rejects(log.append(stream, 'none', [newEvent()]), /Access Denied/);
    await log.readAll(undefined, 9);
    assert.match(reasonOf(log), /refuses what we append/);
    users.set('mini-buildd', { password: 'pa:ss wörd', may: 'append' });
    await until(() => log.state().status === 'writable');
    assert.deepEqual(await log.readAll(undefined, 9), first);
  });

  it('does not speak to a server that another authority vouches for', async () => {
    const log = await open(
      server.connectionString.replace(
        encodeURIComponent(own.certificateFile),
        encodeURIComponent(other.certificateFile),
      ),
    );
    assert.match(reasonOf(log), /self-signed certificate/);
    await assert.rejects(log.append(hello, 'none', [newEvent()]), /did not answer for 300 ms/);
    assert.equal(server.appendCalls().plain, 0);
  });

  it('shows a certificate of its own where the server wants one', async () => {
    const strict = await startEventStoreServer({ tls: { server: own, clients: other, users } });
    try {
      const login = { loginFile: loginFile('mini-buildd:pa:ss wörd') };
      const stranger = await open(strict.connectionString, login);
      assert.equal(stranger.state().status, 'unreachable');
      const files = `userCertFile=${encodeURIComponent(other.certificateFile)}&userKeyFile=${encodeURIComponent(other.keyFile)}`;
      const log = await open(`${strict.connectionString}&${files}`, login);
      await recordedBy(log.append(hello, 'none', [newEvent()]));
      await until(() => log.state().status === 'writable');
    } finally {
      for (const log of logs.splice(0)) await log.close();
      await strict.stop();
    }
  });
});
