import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { replaceFile } from '../../src/disk/new-file.ts';
import { syncPath } from '../../src/disk/sync-path.ts';
import type { Loss } from '../support/durable-files.ts';
import { type Life, type PoweredDisk, poweredDisk } from '../support/powered-disk.ts';

describe('A disk whose power fails', () => {
  const diskOf = (test: TestContext): PoweredDisk => {
    const disk = poweredDisk(mkdtempSync(join(tmpdir(), 'mini-buildd-disk-')));
    test.after(disk.remove);
    return disk;
  };
  const shown = (life: Life, loss: Loss) => [...life.left(loss)].map(([path, bytes]) => `${path} ${bytes}`).sort();

  it('loses names until their folder is synced, and bytes until their file is', async (test) => {
    const life = diskOf(test).begin();
    const path = join(life.root, 'file');
    await writeFile(path, 'bytes');
    assert.deepEqual(
      [shown(life, 'synced'), shown(life, 'named'), shown(life, 'whole')],
      [[], ['file '], ['file bytes']],
    );
    await syncPath(life.root);
    assert.deepEqual(shown(life, 'synced'), ['file ']);
    await syncPath(path);
    assert.deepEqual(shown(life, 'synced'), ['file bytes']);
    const handle = await open(path, 'a');
    await handle.writeFile(' and more');
    await handle.close();
    assert.deepEqual(shown(life, 'named'), ['file bytes']);
    await rename(path, join(life.root, 'other'));
    assert.deepEqual([shown(life, 'synced'), shown(life, 'named')], [['file bytes'], ['other bytes']]);
    await mkdir(join(life.root, 'folder'));
    await replaceFile(join(life.root, 'folder/file'), 'deep', 0o600);
    assert.deepEqual(shown(life, 'synced'), ['file bytes'], 'the folder itself has no durable name');
    await syncPath(life.root);
    assert.deepEqual(shown(life, 'synced'), ['folder/file deep', 'other bytes']);
  });

  it('gives the next life what was left, and lets the last one do nothing more', async (test) => {
    const disk = diskOf(test);
    const life = disk.begin({ n: 2, loss: 'synced' });
    const path = join(life.root, 'file');
    await writeFile(path, 'bytes');
    let went = false;
    void syncPath(path).then(() => {
      went = true;
    });
    await life.death;
    await new Promise(setImmediate);
    assert.deepEqual([went, life.steps], [false, ['writeFile file', 'sync file']]);
    assert.deepEqual(shown(disk.begin(), 'whole'), []);
  });

  it('lets a life that is frozen go on later', async (test) => {
    const life = diskOf(test).begin();
    life.freeze();
    let went = false;
    const work = writeFile(join(life.root, 'file'), '').then(() => {
      went = true;
    });
    await new Promise(setImmediate);
    assert.equal(went, false);
    life.thaw();
    await work;
    assert.deepEqual(shown(life, 'whole'), ['file ']);
  });
});
