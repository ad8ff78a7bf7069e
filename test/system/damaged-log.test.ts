import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ClientApt, clientApt } from './support/client-apt.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';

describe('an instance whose log is damaged', () => {
  let instance: Instance;
  let apt: ClientApt;
  let version: string;

  before(async () => {
    instance = await startInstance();
    const { distribution, suffix } = await sandbox(instance);
    version = `1.0${suffix}`;
    await dput(instance, await makeSource(instance.folder, { name: 'damaged', version, distribution }));
    await instance.reaches('damaged', version, 'published');
    apt = await clientApt(instance, distribution);
    await instance.stop();
    await cp(join(instance.home, 'log'), join(instance.folder, 'whole'), { recursive: true });
  });
  after(() => instance.remove());

  it('lets a second daemon on the same home end with a sentence that names the folder', async () => {
    await instance.start();
    const elsewhere = { MINI_BUILDD_HTTP: '127.0.0.1:0', MINI_BUILDD_FTP: '127.0.0.1:0' };
    const { code, err } = await instance.verb(['serve'], elsewhere);
    assert.equal(code, 1);
    assert.match(
      err,
      new RegExp(`^mini-buildd: A log has one writer, and another process is writing ${instance.home}/log\\.`),
    );
    assert.doesNotMatch(err, /\n\s+at /);
    await instance.stop();
  });

  const crimes: readonly (readonly [string, string, string])[] = [
    ['a word of an event', '"because":"', '"because":!'],
    ['a word that keeps it readable', 'has a chroot for', 'was a chroot for'],
    ['the name of an event', '"type":"VersionReserved"', '"type":"VersionReserveD"'],
    ['what configured the repository', '"type":"RepositoryConfigured"', '"type":"RepositoryConfigureD"'],
  ];
  for (const [what, from, to] of crimes) {
    it(`serves apt and nothing else, and says why, when the disk changed ${what}`, async () => {
      await changeLog(instance, from, to);
      instance.launch();
      const reason = await eventually('the daemon to say why it is not ready', 60, () => isFenced(instance));
      assert.match(reason, /the log is fenced: The event at position \d+ .*restored from a backup/);

      await apt.apt('update');
      await apt.apt('download', 'damaged');
      assert.match(await apt.apt('policy', 'damaged'), new RegExp(version.replaceAll('+', '\\+')));
      assert.equal((await fetch(`http://${instance.http}/mini_buildd/`)).status, 200);
      assert.match(
        (await instance.tool('status')).out,
        /^Critical: nothing can be recorded: The event at position \d+/m,
      );
      assert.equal(await connectTo(instance.ftpPort), 'ECONNREFUSED');
      assert.equal(await instance.stop(), 0);

      const { code, err } = await instance.verb(['log', 'accept-loss']);
      assert.equal(code, 1);
      assert.match(err, /position \d+/);
      assert.deepEqual(await bytesOf(instance), await changed(instance, from, to));
    });
  }

  it('is served by ops/start as well, although it cannot be set up', async () => {
    await changeLog(instance, '"type":"EngineStarted"', '"type":"EngineStarteD"');
    const { code, err } = await instance.verb(['setup']);
    assert.equal(code, 1);
    assert.match(err, /"EngineStarteD"/);
    await instance.killHelper();
    const start = spawn(join(import.meta.dirname, '../../ops/start'), {
      env: { ...process.env, ...instance.env },
      stdio: 'ignore',
    });
    const ended = once(start, 'exit');
    assert.match(await eventually('ops/start to serve', 120, () => isFenced(instance)), /fenced/);
    await apt.apt('update');
    start.kill('SIGTERM');
    assert.deepEqual(await ended, [143, null]);
    assert.equal(await connectTo(Number(instance.http.split(':')[1])), 'ECONNREFUSED');
  });
});

const database = 'events.sqlite';

const changed = async ({ folder }: Instance, from: string, to: string): Promise<Buffer> => {
  const bytes = await readFile(join(folder, 'whole', database));
  assert.equal(from.length, to.length);
  assert.ok(bytes.includes(from), `${from} stands in the log`);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
  return bytes;
};

const bytesOf = ({ home }: Instance): Promise<Buffer> => readFile(join(home, 'log', database));

/** The log as it was whole, but for `from`, which the disk made `to`. */
const changeLog = async (instance: Instance, from: string, to: string): Promise<void> => {
  const log = join(instance.home, 'log');
  await rm(log, { recursive: true });
  await cp(join(instance.folder, 'whole'), log, { recursive: true });
  await writeFile(join(log, database), await changed(instance, from, to));
  await run('chown', ['-R', 'mini-buildd:mini-buildd', log]);
};

/** Why it takes nothing, once it has read its log: until then the port says how far that is. */
const isFenced = async (instance: Instance): Promise<string | undefined> => {
  const reason = await notReady(instance);
  return reason?.includes('fenced') ? reason : undefined;
};

const notReady = async ({ http }: Instance): Promise<string | undefined> => {
  const answer = await fetch(`http://${http}/readyz`).catch(() => undefined);
  return answer?.status === 503 ? answer.text() : undefined;
};

/** `undefined` when somebody listens, else the code of the error. */
const connectTo = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  });
