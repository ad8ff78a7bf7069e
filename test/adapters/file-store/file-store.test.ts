import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, mkdir, mkdtemp, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { fileStore, type OpenFile } from '../../../src/adapters/file-store/file-store.ts';
import type { FileName } from '../../../src/domain/debian/names.ts';
import { fileStoreContract } from '../../contracts/file-store.ts';
import { removeFolder } from '../../support/remove-folder.ts';

fileStoreContract('on disk', (folder, now) => fileStore(folder, open, now));

const run = promisify(execFile);
const hello = 'hello_2.10-3.dsc' as FileName;

/** A disk that has room for `bytes` a file. */
const diskOf =
  (bytes: number): OpenFile =>
  async (path, flags, mode) => {
    const handle = await open(path, flags, mode);
    const whole = handle.writeFile.bind(handle);
    let left = bytes;
    handle.writeFile = async (data) => {
      left -= (data as Buffer).length;
      if (left < 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      await whole(data);
    };
    return handle;
  };

/** A disk on which nothing can be made durable. */
const deafDisk: OpenFile = async (path, flags, mode): Promise<FileHandle> => {
  const handle = await open(path, flags, mode);
  handle.sync = async () => {
    throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
  };
  return handle;
};

describe('the file store on disk', () => {
  let folder = '';
  const everything = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'file-store-'));
  });
  afterEach(() => removeFolder(folder));

  it('leaves no trace of a file that did not fit on the disk', async () => {
    const store = fileStore(folder, diskOf(300_000));
    await assert.rejects(store.put(hello, Readable.from([randomBytes(290_000), randomBytes(290_000)])), {
      code: 'ENOSPC',
    });
    assert.deepEqual(await everything(), []);
    assert.equal((await store.put(hello, Readable.from(['small']))).size, 5);
  });

  it('has nothing of a file that could not be synced', async () => {
    const store = fileStore(folder, deafDisk);
    await assert.rejects(store.put(hello, Readable.from(['x'])), { code: 'EIO' });
    await writeFile(join(folder, 'original'), 'x');
    await assert.rejects(store.adopt(hello, join(folder, 'original')), { code: 'EIO' });
    assert.deepEqual(await everything(), ['original']);
  });

  it('ends the stream it was given when it cannot write at all', async () => {
    const store = fileStore(folder, () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })));
    const bytes = Readable.from(['x']);
    await assert.rejects(store.put(hello, bytes), { code: 'ENOSPC' });
    assert.equal(bytes.destroyed, true);
  });

  it('sweeps at start what a crash left half written, and nothing else', async () => {
    const { sha256 } = await fileStore(folder).put(hello, Readable.from(['kept']));
    await writeFile(join(folder, 'incomplete', 'torn'), 'ke');
    const store = fileStore(folder);
    assert.deepEqual(await everything(), [sha256]);
    assert.equal(await store.has(sha256), true);
  });

  it('stores an adopted file and a linked one without a second copy of the bytes', async () => {
    const original = join(folder, 'original');
    const pool = join(folder, 'pool', 'hello.dsc');
    await writeFile(original, 'once');
    const store = fileStore(join(folder, 'files'));
    const { sha256 } = await store.adopt(hello, original);
    await store.link(sha256, pool);
    const inodes = await Promise.all([original, pool, await store.path(sha256)].map(async (path) => lstat(path)));
    assert.equal(new Set(inodes.map(({ ino }) => ino)).size, 1);
    assert.equal(inodes[0]?.nlink, 3);
  });

  it('refuses to acknowledge bytes whose stored file was cut short', async () => {
    const store = fileStore(folder);
    const { sha256 } = await store.put(hello, Readable.from(['whole']));
    await truncate(await store.path(sha256), 2);
    await assert.rejects(store.put(hello, Readable.from(['whole'])), /holds 2 bytes .* where there must be 5/);
  });

  it('does not wait for ever on a pipe somebody named like a file', async () => {
    await run('mkfifo', [join(folder, 'pipe')]);
    await assert.rejects(fileStore(join(folder, 'files')).adopt(hello, join(folder, 'pipe')), /not a regular file/);
  });

  it('hashes as sha256sum does', async () => {
    const bytes = randomBytes(700_001);
    await writeFile(join(folder, 'bytes'), bytes);
    await mkdir(join(folder, 'files'));
    const store = fileStore(join(folder, 'files'));
    const { sha256 } = await store.adopt(hello, join(folder, 'bytes'));
    assert.equal((await run('sha256sum', [join(folder, 'bytes')])).stdout.slice(0, 64), sha256);
    assert.ok((await readFile(await store.path(sha256))).equals(bytes));
  });
});
