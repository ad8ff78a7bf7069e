import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { letKeysEnd } from '../support/ending-key.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server/smtp-server.ts';
import { type Administrator, administrator } from './support/administrator.ts';
import { type ClientApt, clientApt } from './support/client-apt.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';

// Real keys, real reprepro, real apt, and a daemon that is killed: nobody is there when its archive key ends.
describe('An archive key that ends while the daemon is down', () => {
  let server: SmtpServer;
  let instance: Instance;
  let distribution: string;
  let version: string;
  let adam: Administrator;
  let client: ClientApt;
  let ends: number;
  before(async () => {
    server = await startSmtpServer();
    instance = await startInstance({ MINI_BUILDD_SMTP: `smtp://127.0.0.1:${server.port}` });
    const target = await sandbox(instance);
    ({ distribution } = target);
    version = `1.0${target.suffix}`;
    await publishes('before-end');
    await instance.stop();
    adam = await administrator(instance, 'adam@example.org');
  });
  after(async () => {
    await instance?.remove();
    await server.close();
  });

  const publishes = async (name: string): Promise<void> => {
    await uploads(name);
    await instance.reaches(name, version, 'published');
  };
  const uploads = async (name: string): Promise<void> =>
    dput(instance, await makeSource(instance.folder, { name, version, distribution }));
  const published = async (): Promise<number> => (await instance.events('type=RepositoryPublished')).length;
  const update = (): Promise<string> => client.apt('update', '--error-on=any');
  const policy = (name: string): Promise<string> => client.apt('policy', name);
  /** The nth that administrators get. */
  const mail = async (n: number): Promise<void> => {
    const { text } = await eventually(`mail ${n}`, 120, () => server.taken[n - 1]);
    assert.match(text, /What to do: prolong it: archivekey prolong/);
  };
  const isSaidAtHome = (what: RegExp): Promise<true> =>
    eventually(`${what} to be said`, 60, async () => {
      await pause(1000); // Who asks more often is asked to wait.
      return what.test(await adam.page()) || undefined;
    });

  it('signs what apt believes as long as it lasts, and its end is said by mail', async () => {
    // As long as a life of the daemon takes here and now, many times, and the round that says it.
    const before = Date.now();
    await instance.start();
    await instance.stop();
    const life = Date.now() - before;
    ends = Math.floor((Date.now() + 15_000 + Math.max(75_000, 10 * life)) / 1000) * 1000;
    const keysFolder = join(instance.home, 'keys');
    await letKeysEnd(keysFolder, ends);
    await run('chown', ['-R', 'mini-buildd:mini-buildd', keysFolder]);
    await instance.start();
    // It looks at its key at once, and says so at the next round, some 15 seconds later.
    await eventually(
      'the end to be noted',
      120,
      async () => (await instance.events('type=ArchiveKeyExpirySet')).length > 0 || undefined,
    );
    await mail(1);
    client = await clientApt(instance, distribution);
    await update();
    assert.match(await policy('before-end'), /Candidate: 1\.0/);
    assert.ok(Date.now() < ends, 'it ended too early for this machine');
  });

  it('is said to have ended, at the next start, wherever somebody looks, and by mail', async () => {
    await instance.kill();
    await eventually('the key to end', (ends - Date.now()) / 1000 + 60, () => Date.now() > ends + 1000 || undefined);
    await instance.start();
    await isSaidAtHome(/the archive key [0-9A-F]{40} ended on/);
    const checked = await instance.verb(['check']);
    assert.equal(checked.code, 2, checked.out);
    assert.match(checked.out, /the archive key [0-9A-F]{40} ended on .*archivekey prolong/);
    const metrics = await (await fetch(`http://${instance.http}/metrics`)).text();
    assert.match(
      metrics,
      new RegExp(`^mini_buildd_expiry_timestamp_seconds\\{kind="archive-key"\\} ${ends / 1000}$`, 'm'),
    );
    assert.match(metrics, /^mini_buildd_concerns\{severity="critical"\} [1-9]/m);
    await mail(2);
  });

  it('is no more believed by apt, which keeps what it had, and builds go on and wait to be published', async () => {
    const count = await published();
    await assert.rejects(update(), new RegExp(`EXPKEYSIG ${'[0-9A-F]{16}'}`));
    assert.match(await policy('before-end'), /Candidate: 1\.0/);
    await uploads('after-end');
    await instance.reaches('after-end', version, 'installed');
    const [failure] = await eventually('the publication to fail', 60, async () => {
      const failed = await instance.events('type=PublishFailed');
      return failed.length > 0 ? failed : undefined;
    });
    assert.equal(failure?.rule, 'archive-key-expired');
    await isSaidAtHome(/test: .*archivekey prolong/);
    assert.equal(await published(), count);
  });

  it('signs what had to wait as soon as it is prolonged, for apt that has it anew', async () => {
    assert.ok(await adam.runs('archivekey', { action: 'prolong' }));
    await instance.reaches('after-end', version, 'published');
    await assert.rejects(update(), /EXPKEYSIG/, 'who has the key from before does not know that it was prolonged');
    client = await clientApt(instance, distribution);
    await update();
    for (const name of ['before-end', 'after-end']) assert.match(await policy(name), /Candidate: 1\.0/);
    assert.doesNotMatch(await adam.page(), /the archive key [0-9A-F]{40} end/);
    assert.equal(await instance.stop(), 0);
    const verified = await instance.verb(['log', 'verify']);
    assert.equal(verified.code, 0, `${verified.out}${verified.err}`);
  });
});
