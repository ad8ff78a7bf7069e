import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readFile, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { FileName, Sha256 } from '../../src/domain/debian/names.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import { removeFolder } from '../support/remove-folder.ts';

const hello = 'hello_2.10-3.dsc' as FileName;
const sha256 = (bytes: Buffer | string): Sha256 => createHash('sha256').update(bytes).digest('hex') as Sha256;

/** What every file store promises. `makeStore` is given an empty folder of its own. */
export const fileStoreContract = (
  technology: string,
  makeStore: (folder: string, now: () => number) => FileStore,
): void => {
  describe(`a file store, ${technology}`, () => {
    let folder = '';
    let store: FileStore;
    let minutes = 0;
    const outside = (name: string): string => join(folder, 'outside', name);

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'file-store-'));
      await mkdir(join(folder, 'outside'));
      minutes = 0;
      store = makeStore(join(folder, 'store'), () => minutes * 60_000);
    });
    afterEach(() => removeFolder(folder));

    it('names what was put by its size and SHA-256', async () => {
      assert.deepEqual(await store.put(hello, Readable.from(['Format: ', Buffer.from('3.0\n')])), {
        name: hello,
        size: 12,
        sha256: sha256('Format: 3.0\n'),
      });
    });

    it('has nothing of what was removed, and takes it anew', async () => {
      const put = () => store.put(hello, Readable.from(['Format: 3.0\n']));
      const { sha256: key } = await put();
      await store.remove(key);
      await store.remove(key);
      assert.equal(await store.has(key), false);
      await assert.rejects(store.path(key));
      assert.equal((await put()).sha256, key);
      assert.equal(await readFile(await store.path(key), 'utf8'), 'Format: 3.0\n');
    });

    it('gives back the bytes that were put, however many', async () => {
      const bytes = randomBytes(1_500_001);
      const { sha256: key } = await store.put(hello, Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]));
      assert.ok((await readFile(await store.path(key))).equals(bytes));
    });

    it('keeps an empty file', async () => {
      const { sha256: key, size } = await store.put(hello, Readable.from([]));
      assert.equal(size, 0);
      assert.equal((await readFile(await store.path(key))).length, 0);
    });

    it('knows what it has and what it has not', async () => {
      await store.put(hello, Readable.from(['one']));
      assert.equal(await store.has(sha256('one')), true);
      assert.equal(await store.has(sha256('two')), false);
      await assert.rejects(store.path(sha256('two')), /has no file/);
    });

    it('holds the same bytes once, also when they come many times at once and under two names', async () => {
      const puts = ['a.dsc', 'b.dsc', 'a.dsc', 'c.dsc'].map((name) =>
        store.put(name as FileName, Readable.from(['x'])),
      );
      const stored = await Promise.all(puts);
      assert.deepEqual(new Set(stored.map(({ sha256: key }) => key)), new Set([sha256('x')]));
      assert.equal((await lstat(await store.path(sha256('x')))).nlink, 1);
    });

    it('leaves what it holds read-only', async () => {
      const { sha256: key } = await store.put(hello, Readable.from(['x']));
      assert.equal((await lstat(await store.path(key))).mode & 0o777, 0o444);
    });

    it('rejects when the stream fails, and has nothing then', async () => {
      const failing = async function* () {
        yield 'half';
        throw new Error('the network went away');
      };
      await assert.rejects(store.put(hello, Readable.from(failing())), /network went away/);
      assert.equal(await store.has(sha256('half')), false);
    });

    it('adopts a finished file, whose first name may then go', async () => {
      await writeFile(outside('a'), 'upload');
      assert.deepEqual(await store.adopt(hello, outside('a')), { name: hello, size: 6, sha256: sha256('upload') });
      await unlink(outside('a'));
      assert.equal(await readFile(await store.path(sha256('upload')), 'utf8'), 'upload');
    });

    it('adopts the same file twice, as one', async () => {
      await writeFile(outside('a'), 'upload');
      await store.adopt(hello, outside('a'));
      assert.equal((await store.adopt(hello, outside('a'))).sha256, sha256('upload'));
    });

    it('adopts no symbolic link, no folder and nothing that is missing', async () => {
      await writeFile(outside('secret'), 'key');
      await symlink(outside('secret'), outside('link'));
      await assert.rejects(store.adopt(hello, outside('link')), /link is not a regular file/);
      await assert.rejects(store.adopt(hello, outside('')), /is not a regular file/);
      await assert.rejects(store.adopt(hello, outside('missing')), { code: 'ENOENT' });
      assert.equal(await store.has(sha256('key')), false);
    });

    it('makes the bytes appear elsewhere, in a folder that need not be there', async () => {
      const { sha256: key } = await store.put(hello, Readable.from(['pool']));
      await store.link(key, outside('pool/main/h/hello.dsc'));
      assert.equal(await readFile(outside('pool/main/h/hello.dsc'), 'utf8'), 'pool');
    });

    it('lets the same bytes appear again at a place that has them, linked or not', async () => {
      const { sha256: key } = await store.put(hello, Readable.from(['pool']));
      await writeFile(outside('copy'), 'pool');
      await store.link(key, outside('copy'));
      await store.link(key, outside('new'));
      await store.link(key, outside('new'));
    });

    it('never replaces other bytes, nor writes through a link', async () => {
      const { sha256: key } = await store.put(hello, Readable.from(['pool']));
      await writeFile(outside('taken'), 'mine');
      await symlink(outside('taken'), outside('trap'));
      await assert.rejects(store.link(key, outside('taken')), /is there already/);
      await assert.rejects(store.link(key, outside('trap')), /is there already/);
      assert.equal(await readFile(outside('taken'), 'utf8'), 'mine');
    });

    it('lets go of what it was asked to, once, and takes the same bytes again', async () => {
      const { sha256: key } = await store.put(hello, Readable.from(['gone']));
      await store.link(key, outside('kept'));
      minutes += 61;
      assert.equal(await store.letGo(key), 4);
      assert.equal(await store.has(key), false);
      assert.equal(await store.letGo(key), 0);
      assert.equal(await store.letGo(sha256('never')), 0);
      assert.equal(await readFile(outside('kept'), 'utf8'), 'gone');
      await store.put(hello, Readable.from(['gone']));
      assert.equal(await readFile(await store.path(key), 'utf8'), 'gone');
    });

    it('does not let go of what somebody put or took over lately, also when it was there before', async () => {
      const { sha256: key } = await store.put(hello, Readable.from(['wanted']));
      assert.equal(await store.letGo(key), 'fresh');
      minutes += 61;
      await writeFile(outside('again'), 'wanted');
      await store.adopt(hello, outside('again'));
      minutes += 59;
      assert.equal(await store.letGo(key), 'fresh');
      assert.equal(await store.has(key), true);
      minutes += 2;
      assert.equal(await store.letGo(key), 6);
    });

    it('loses no bytes that are put while others let go of them', async () => {
      for (let round = 0; round < 20; round += 1) {
        const { sha256: key } = await store.put(hello, Readable.from(['both']));
        minutes += 61;
        await Promise.all([store.put(hello, Readable.from(['both'])), store.letGo(key), store.letGo(key)]);
        assert.equal(await store.has(key), true);
      }
    });

    it('links nothing it does not have', async () => {
      await assert.rejects(store.link(sha256('never'), outside('x')), /has no file/);
      await assert.rejects(lstat(outside('x')), { code: 'ENOENT' });
    });
  });
};
