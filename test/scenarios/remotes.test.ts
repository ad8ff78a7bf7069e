import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { instant } from '../../src/domain/codec.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import { serve } from '../adapters/http/served.ts';
import { publicKey } from '../support/fake-keyring.ts';
import { archiveFingerprint } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, machine } from '../support/in-memory-daemon.ts';

const administrator: Caller = {
  privilege: 'admin',
  actor: { kind: 'account', name: '00000000000000ad' },
  shown: 'password',
};
const stranger = 'E'.repeat(40) as Fingerprint;

/** Two instances: `here` asks, `there` is reached over real HTTP. */
const two = async (test: TestContext) => {
  const [ours, theirs] = [await machine(test), await machine(test)];
  const [here, there] = [await boot(ours), await boot(theirs)];
  const showKey = (fingerprint: Fingerprint) =>
    there.configure({ type: 'ArchiveKeyGenerated', fingerprint, publicKey: publicKey(fingerprint) });
  await showKey(archiveFingerprint);
  const { url } = await serve(test, { api: there.engine.api, access: there.engine.access });
  test.after(() => Promise.all([here.kill(), there.kill()]));
  return { ours, here, there, showKey, at: url.replace('http://', '') };
};

const remote = (daemon: Daemon, given: Readonly<Record<string, string>>) =>
  daemon.engine.api.run('remote', given, administrator);
const said = (answer: Awaited<ReturnType<typeof remote>>): string =>
  isRight(answer) ? answer.right.plain : answer.left.map(({ rule, fact }) => `${rule}: ${fact}`).join('\n');

/** A server that is no instance; `answer` is what it says to everything. */
const pretender = async (test: TestContext, status: number, answer: string, headers = {}): Promise<string> => {
  const server = createServer((_, response) => response.writeHead(status, headers).end(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('A remote', () => {
  it('is added when its key is the one that people compared, and not before', async (test) => {
    const { ours, here, at } = await two(test);
    const shown = said(await remote(here, { action: 'add', instance: at }));
    assert.match(shown, new RegExp(`^compare-key: .*${archiveFingerprint}$`));
    assert.match(said(await remote(here, { action: 'add', instance: at, fingerprint: stranger })), /^compare-key/);
    assert.equal(eventsOf(ours, 'RemoteConfigured').length, 0);
    const added = said(await remote(here, { action: 'add', instance: at, fingerprint: archiveFingerprint }));
    assert.equal(added, `${at} http://${at}/ ${archiveFingerprint}\n`);
    assert.match(
      said(await remote(here, { action: 'list' })),
      new RegExp(`^${added.trimEnd()} not active, (?:unknown|lost.*)\n$`),
    );
    const status = await here.engine.api.run('status', {}, administrator);
    assert.deepEqual(isRight(status) && (status.right.json as { remotes: unknown }).remotes, [at]);
    const [event] = eventsOf(ours, 'RemoteConfigured');
    assert.ok(event !== undefined && (await ours.files.has(event.key.sha256)));
  });

  it('is looked at when that is asked for, and told from one that took its place', async (test) => {
    const { here, there, showKey, at } = await two(test);
    await remote(here, { action: 'add', instance: at, fingerprint: archiveFingerprint });
    assert.equal(said(await remote(here, { action: 'check' })), `${at}: reachable\n`);
    await there.configure({ type: 'EngineStopped', reason: 'service' });
    assert.equal(said(await remote(here, { action: 'check', instance: `http://${at}/` })), `${at}: stopped\n`);
    await showKey(stranger);
    assert.equal(said(await remote(here, { action: 'check' })), `${at}: stopped\n`);
    const old = { fingerprint: archiveFingerprint, retiresAt: instant(0) };
    const because = { actor: administrator.actor, causedBy: undefined, correlation: 'rollover' };
    await there.engine.tell({ command: 'ScheduleArchiveKeyRetirement', ...old, waitsForKeyrings: false }, because);
    await there.engine.tell({ command: 'RetireArchiveKey', ...old }, because);
    assert.match(
      said(await remote(here, { action: 'check' })),
      /: another key: it shows the key E{40} instead of C{40}/,
    );
  });

  it('is forgotten when it is removed', async (test) => {
    const { here, at } = await two(test);
    await remote(here, { action: 'add', instance: at, fingerprint: archiveFingerprint });
    assert.ok(isRight(await remote(here, { action: 'remove', instance: at })));
    assert.equal(said(await remote(here, { action: 'list' })), '');
    assert.match(said(await remote(here, { action: 'remove', instance: at })), /^unknown-remote/);
  });

  it('that is away, no instance, or hostile is said to be so', async (test) => {
    const { here } = await two(test);
    const add = async (instance: string) => said(await remote(here, { action: 'add', instance }));
    assert.match(await add('127.0.0.1:9'), /^unreachable-remote: .*(?:ECONNREFUSED|bad port)/);
    assert.match(await add(await pretender(test, 404, 'no')), /^unreachable-remote: .* 404/);
    assert.match(await add(await pretender(test, 200, 'no JSON')), /^unreachable-remote: .*JSON/);
    assert.match(await add(await pretender(test, 200, '{"publicKey":7}')), /^strange-remote: .*publicKey/);
    assert.match(await add(await pretender(test, 200, '{"publicKey":"none"}')), /^not-one-key/);
    assert.match(await add(await pretender(test, 302, '', { location: 'http://127.0.0.1:9/' })), /^unreachable-remote/);
    assert.match(await add(await pretender(test, 200, `"${'x'.repeat(2_000_000)}"`)), /^unreachable-remote: .*larger/);
    for (const instance of ['http://oscar:secret@127.0.0.1/', '127.0.0.1/path', 'file:///etc/passwd', '']) {
      assert.ok(isLeft(await remote(here, { action: 'add', instance })), instance);
    }
  });
});
