import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { dial } from '../adapters/ftp/dialogue.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { type Administrator, administrator } from './support/administrator.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually } from './support/programs.ts';
import { type SmallDisk, smallDisk } from './support/small-disk.ts';
import { makeSource, type SourceTree } from './support/source-package.ts';

const MiB = 1024 ** 2;

// A real daemon whose home is on a file system in memory, which fills up and has room again.
describe('A daemon whose home is full', () => {
  let disk: SmallDisk;
  let aside: string;
  let instance: Instance;
  let distribution: string;
  let version: string;
  let adam: Administrator;
  before(async () => {
    disk = await smallDisk();
    aside = await mkdtemp(join(tmpdir(), 'mini-buildd-aside-'));
    const { TMPDIR } = process.env;
    process.env.TMPDIR = disk.path;
    try {
      instance = await startInstance();
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
    const target = await sandbox(instance);
    distribution = target.distribution;
    version = `1.0${target.suffix}`;
    await uploads('roomy');
    await published('roomy');
    await instance.stop();
    adam = await administrator(instance);
    await instance.start();
  });
  after(async () => {
    await disk?.grow();
    await instance?.remove();
    await disk?.remove();
    await removeFolder(aside);
  });

  const uploads = async (name: string, more: Partial<SourceTree> = {}): Promise<void> =>
    dput(instance, await makeSource(aside, { name, version, distribution, ...more }));
  const published = (name: string) => instance.reaches(name, version, 'published');
  /** 4096 bytes each. */
  const leave = (bytes: number): Promise<void> => disk.leave(Math.ceil(bytes / 4096));
  /** A twentieth is left alone: as much more than that is free. */
  const leaveAboveReserve = async (bytes: number): Promise<void> => {
    const { blocks, bfree, bsize } = await statfs(disk.path);
    await leave(((blocks - bfree) * bsize + bytes) / 19 + bytes);
  };
  const byFtp = async (name: string, bytes: Buffer): Promise<string> => {
    const client = await dial(instance.ftpPort);
    for (const line of ['USER anonymous', 'PASS test@example.org', 'CWD /incoming', 'TYPE I']) await client.say(line);
    const reply = await client.store(name, bytes);
    client.drop();
    return reply;
  };
  const byHttp = async (name: string, bytes: Buffer): Promise<number> => {
    const answer = await fetch(`http://${instance.http}/mini_buildd/upload/${name}`, {
      method: 'PUT',
      body: new Uint8Array(bytes),
    });
    await answer.text();
    return answer.status;
  };
  const partial = (): Promise<readonly string[]> => readdir(join(instance.home, 'incoming', 'partial'));

  it('lets go of a file that there is no room for any more in the middle, and keeps what it has acknowledged', async () => {
    await leaveAboveReserve(12 * MiB);
    const whole = randomBytes(6 * MiB);
    assert.match(await byFtp('kept_1.0.tar.gz', whole), /^226/);
    for (const sends of [byFtp, byHttp])
      assert.match(String(await sends('large_1.0.tar.gz', randomBytes(40 * MiB))), /^(?:452|507)/);
    assert.deepEqual(await partial(), []);
    assert.match(await byFtp('small_1.0.tar.gz', randomBytes(1000)), /^226/, 'there is room for a smaller one');
    await instance.kill();
    await instance.start();
    const received = await readdir(join(instance.home, 'incoming', 'received'));
    assert.equal(received.length, 2, 'both that were acknowledged');
    await disk.grow();
  });

  it('builds again what there was no room for, without anybody', async () => {
    await uploads('fat', { build: 'mkdir -p debian/tmp; sleep 8; dd if=/dev/urandom of=debian/tmp/fat bs=1M count=8' });
    await instance.awaits('fat', version, 'a build under way', (row) =>
      row.builds.some(({ status }) => status === 'building') ? row : undefined,
    );
    await leave(3 * MiB);
    await eventually('the build to come back', 120, async () => {
      const back = await instance.events('type=BuildInterrupted');
      return back.length > 0 ? back : undefined;
    });
    await disk.grow();
    await published('fat');
  });

  it('publishes what was asked for while there was no room', async () => {
    const removes = () => adam.runs('remove', { package: 'roomy', distribution });
    const index = async (): Promise<string> =>
      (await fetch(`http://${instance.http}/repositories/test/dists/${distribution}/main/source/Sources.gz`)).text();
    const before = await index();
    const count = (await instance.events('type=RepositoryPublished')).length;
    await leave(0);
    let blocks = 0;
    for (; !(await removes()); blocks += 1) await disk.leave(blocks);
    const failed = async () => (await instance.events('type=PublishFailed')).length > 0 || undefined;
    await eventually('its failure', 3, failed).catch(() => undefined);
    assert.equal(await index(), before, `${blocks} blocks were enough to remember it: what apt sees stays whole`);
    assert.equal((await instance.events('type=RepositoryPublished')).length, count);
    await disk.grow();
    await eventually('the publication', 120, async () => (await index()) !== before || undefined);
    await eventually(
      'it to be recorded',
      60,
      async () => (await instance.events('type=RepositoryPublished')).length > count || undefined,
    );
  });

  it('is whole after it was killed on a full disk, whether it starts there or says that it does not', async () => {
    const counted = (await instance.recorded()).length;
    await leave(0);
    await instance.kill();
    const starts = await instance.start().then(
      () => true,
      (error: unknown) => {
        assert.match(String(error), /the daemon ended with/);
        return false;
      },
    );
    await disk.grow();
    if (!starts) await instance.start();
    assert.ok((await instance.recorded()).length >= counted);
    await instance.stop();
    const verified = await instance.verb(['log', 'verify']);
    assert.equal(verified.code, 0, `${verified.out}${verified.err}`);
    await instance.start();
  });
});
