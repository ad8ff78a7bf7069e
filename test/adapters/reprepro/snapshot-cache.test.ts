import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { oneByOne, type SingleChanges, singleChanges } from '../../../src/adapters/reprepro/disk.ts';
import { repreproArchive } from '../../../src/adapters/reprepro/reprepro-archive.ts';
import { archiveThread } from '../../../src/adapters/reprepro/thread.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { EventId } from '../../../src/domain/ids.ts';
import type { SnapshotName } from '../../../src/ports/archive.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { distribution, moment, rollback0, signers, test, unsigned, unstable, workshop } from './workshop.ts';

const named = (n: number, more: Partial<SnapshotName> = {}): SnapshotName => ({
  repository: test,
  publication: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as EventId,
  distribution: unstable,
  edition: 'k0',
  ...more,
});

const disk = oneByOne(singleChanges);
const thread = archiveThread();

describe('Snapshots on disk', () => {
  let folder = '';
  let shop: ReturnType<typeof workshop>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapshots-'));
    shop = workshop(folder);
  });
  afterEach(() => removeFolder(folder));

  const cache = (bytes = 10_000_000, changes = disk) =>
    repreproArchive({
      home: join(folder, 'repositories'),
      snapshots: { folder: join(folder, 'cache'), bytes },
      files: shop.files,
      keyring: unsigned,
      thread,
      disk: changes,
    }).snapshots;
  const date = instant(moment);

  it('are what the archive itself would show, dated then and without an end', async () => {
    const held = await shop.hold({ source: 'hello', version: '1.0' });
    const tree = await cache().make(named(1), distribution(unstable, [held]), date, signers);
    const release = await readFile(join(tree, 'Release'), 'utf8');
    assert.match(release, /^Date: Sun, 22 Nov 2026 10:15:00 UTC$/m);
    assert.doesNotMatch(release, /Valid-Until/);
    assert.match(release, /^Codename: trixie-test-unstable$/m);
    assert.equal(await readFile(join(tree, 'InRelease'), 'utf8'), `signed\n${release}`);
    const packages = gunzipSync(await readFile(join(tree, 'main/binary-amd64/Packages.gz'))).toString();
    assert.match(packages, /^Filename: pool\/main\/h\/hello\/hello_1.0_amd64.deb$/m);
    const listed = /^ ([0-9a-f]{64}) +\d+ main\/binary-amd64\/Packages\.gz$/m.exec(release)?.[1];
    assert.deepEqual(
      await readFile(join(tree, `main/binary-amd64/by-hash/SHA256/${listed}`)),
      await readFile(join(tree, 'main/binary-amd64/Packages.gz')),
    );
  });

  it('are found again, also by another process, until they are forgotten', async () => {
    const made = await cache().make(named(1), distribution(unstable, []), date, signers);
    assert.equal(await cache().find(named(1)), made);
    assert.equal(await cache().find(named(2)), undefined);
    assert.equal(await cache().find(named(1, { edition: 'k1' })), undefined);
    assert.equal(await cache().find(named(1, { distribution: rollback0 })), undefined);
    await cache().forget(test);
    assert.equal(await cache().find(named(1)), undefined);
  });

  it('take no more room than they may: those used longest ago go', async () => {
    const roomy = cache();
    const trees = new Map<number, string>();
    for (const n of [1, 2, 3]) trees.set(n, await roomy.make(named(n), distribution(unstable, []), date, signers));
    const long = new Date(moment);
    for (const tree of trees.values()) await utimes(tree, long, long);
    assert.ok((await roomy.find(named(1))) !== undefined, 'asking for it is using it');
    const files = await readdir(`${trees.get(1)}`, { recursive: true, withFileTypes: true });
    const sizes = files.filter((entry) => entry.isFile()).map(({ parentPath, name }) => stat(join(parentPath, name)));
    const size = (await Promise.all(sizes)).reduce((sum, stats) => sum + stats.size / stats.nlink, 0);
    await cache(2.5 * size).make(named(4), distribution(unstable, []), date, signers);
    const kept = await Promise.all([1, 2, 3, 4].map(async (n) => (await roomy.find(named(n))) !== undefined));
    assert.deepEqual(kept, [true, false, false, true]);
    await cache(1).make(named(5), distribution(unstable, []), date, signers);
    assert.deepEqual(await readdir(join(folder, 'cache', test)), [`${named(5).publication}-k0`]);
  });

  it('are whole or not there, wherever making one is interrupted', async () => {
    const held = await shop.hold({ source: 'hello', version: '1.0' });
    for (let steps = 0; ; steps += 1) {
      let left = steps;
      const failing = Object.fromEntries(
        Object.entries(singleChanges).map(([name, change]) => [
          name,
          async (...given: readonly unknown[]) => {
            left -= 1;
            if (left < 0) throw new Error('the power failed');
            return (change as (...given: readonly unknown[]) => Promise<void>)(...given);
          },
        ]),
      ) as unknown as SingleChanges;
      const made = await cache(10_000_000, oneByOne(failing))
        .make(named(1), distribution(unstable, [held]), date, signers)
        .catch(() => undefined);
      const found = await cache().find(named(1));
      if (found !== undefined) assert.match(await readFile(join(found, 'InRelease'), 'utf8'), /^signed/);
      if (made !== undefined) break;
      await cache().forget(test);
      assert.ok(steps < 500);
    }
    assert.ok((await cache().find(named(1))) !== undefined);
  });
});
