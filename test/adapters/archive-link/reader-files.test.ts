import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { readerFiles } from '../../../src/adapters/archive-link/reader-files.ts';
import { deliveries } from '../../../src/adapters/file-store/deliveries.ts';
import { exchangeStore } from '../../../src/adapters/file-store/exchange-store.ts';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import { boundedShelves } from '../../../src/adapters/shelf/bounded-shelf.ts';
import type { FileName, Sha256 } from '../../../src/domain/debian/names.ts';
import type { NodeName } from '../../../src/domain/node/events.ts';
import { ArchiveAway } from '../../../src/ports/archive-link.ts';
import type { Exchange } from '../../../src/ports/exchange.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { noBearings, serve } from '../http/served.ts';

const window = 'window' as NodeName;
const secret = 'the-secret-of-window-is-long';
const size = 1_000_000;

/** An archive, and a replica that keeps files of at most `capacity` bytes, in a time of its own, over what lies there `before`. */
const archiveAndReplica = async (
  test: TestContext,
  capacity: number,
  before: (here: Exchange, parts: string) => Promise<unknown> = async () => undefined,
) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-reader-'));
  test.after(() => removeFolder(folder));
  const archive = fileStore(join(folder, 'archive'));
  const { url, close } = await serve(test, {
    files: archive,
    nodes: {
      admits: (name, said) => (name === window && said === secret ? window : undefined),
      hear: () => undefined,
      bearings: () => ({ ...noBearings, events: 7 }),
      deliveries: deliveries(join(folder, 'deliveries'), archive),
      permit: async () => undefined,
    },
  });
  let time = 0;
  const [store, parts] = [exchangeStore(join(folder, 'here')), join(folder, 'parts')];
  await mkdir(parts);
  await before(store, parts);
  const looks = { lists: 0, paths: 0 };
  const here: Exchange = {
    ...store,
    list: () => {
      looks.lists += 1;
      return store.list();
    },
    path: (sha256) => {
      looks.paths += 1;
      return store.path(sha256);
    },
  };
  const readerOf = (patienceMs: number) => {
    const access = { where: async () => url, node: window, secret, patienceMs };
    const reader = readerFiles(
      here,
      parts,
      access,
      capacity,
      boundedShelves(() => time),
    );
    test.after(reader.close);
    return reader;
  };
  const reader = readerOf(30_000);
  const put = async (): Promise<Sha256> =>
    (await archive.put('hello_1.deb' as FileName, Readable.from([randomBytes(size)]))).sha256;
  const read = async (sha256: Sha256): Promise<void> => {
    assert.deepEqual(await readFile(await reader.files.path(sha256)), await readFile(await archive.path(sha256)));
  };
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { ...reader, readerOf, archive, here: store, parts, looks, put, read, pass, close };
};

describe('The files of a web replica', () => {
  it('are known before they are fetched, and fetched when they are read', async (test) => {
    const { files, here, put, read } = await archiveAndReplica(test, 10 * size);
    const [one, unknown] = [await put(), 'f'.repeat(64) as Sha256];
    assert.deepEqual([await files.has(one), await files.has(unknown)], [true, false]);
    assert.deepEqual(await here.list(), []);
    await read(one);
    assert.deepEqual(await here.list(), [one]);
  });

  it('take no more room than they may: what nobody wanted for longest goes', async (test) => {
    const { here, put, read, pass } = await archiveAndReplica(test, 2.5 * size);
    const [one, two, three] = [await put(), await put(), await put()];
    for (const each of [one, two, one]) {
      await read(each);
      pass(100_000);
    }
    await read(three);
    assert.deepEqual(new Set(await here.list()), new Set([one, three]));
    await read(two);
    assert.equal((await here.list()).length, 2, 'it comes again, and another one goes');
  });

  it('stay for a moment after they were shown, though there is no room', async (test) => {
    const { here, put, read, pass } = await archiveAndReplica(test, size);
    await read(await put());
    await read(await put());
    assert.equal((await here.list()).length, 2);
    pass(100_000);
    await read(await put());
    assert.equal((await here.list()).length, 1);
  });

  it('count what broke off and nobody asked for again', async (test) => {
    const { parts, put, read, pass } = await archiveAndReplica(test, 1.5 * size, (_here, folder) =>
      writeFile(join(folder, 'e'.repeat(64)), Buffer.alloc(size)),
    );
    pass(100_000);
    await read(await put());
    assert.deepEqual(await readdir(parts), []);
  });

  it('are listed once, however many they are and however often one comes', async (test) => {
    const many = 500;
    const { here, looks, put, read, pass } = await archiveAndReplica(test, 2.5 * size, async (store) => {
      for (let n = 0; n < many; n += 1)
        await store.put('hello_1.deb' as FileName, Readable.from([Buffer.from(`file ${n}`)]));
    });
    for (let times = 0; times < 2; times += 1) {
      pass(100_000);
      await read(await put());
    }
    assert.equal(looks.lists, 1);
    assert.ok(looks.paths < many + 20, `${looks.paths} looks`);
    assert.equal((await here.list()).length, many + 2);
    pass(100_000);
    await read(await put());
    assert.equal(looks.lists, 1);
    assert.equal((await here.list()).length, 2, 'the oldest of all went, one after the other');
  });

  it('go whole when they are taken away, with what is begun of them', async (test) => {
    const { files, here, parts, put, read } = await archiveAndReplica(test, 10 * size);
    const one = await put();
    await read(one);
    await writeFile(join(parts, one), 'begun');
    await files.remove(one);
    assert.deepEqual([await here.list(), await readdir(parts)], [[], []]);
  });

  it('are there while the archive is away, as far as they came; others are said to be away', async (test) => {
    const { files, bearings, readerOf, put, read, close } = await archiveAndReplica(test, 10 * size);
    const [one, two] = [await put(), await put()];
    await read(one);
    assert.equal((await bearings()).events, 7);
    await close();
    assert.equal((await stat(await files.path(one))).size, size);
    await assert.rejects(files.has(two), ArchiveAway);
    await assert.rejects(readerOf(300).files.path(two), ArchiveAway);
    await assert.rejects(bearings());
  });

  for (const [says, answer] of Object.entries({
    nothing: () => undefined,
    'the beginning': (_req, res) => void res.writeHead(200, { 'Content-Length': size }).write('a'),
  } satisfies Record<string, RequestListener>))
    it(`are said to be away by an archive that takes the question and says ${says}`, {
      timeout: 60_000,
    }, async (test) => {
      const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-reader-'));
      test.after(() => removeFolder(folder));
      const server = createServer(answer).listen(0, '127.0.0.1');
      await once(server, 'listening');
      test.after(() => void server.close().closeAllConnections());
      const { port } = server.address() as AddressInfo;
      const access = { where: async () => `http://127.0.0.1:${port}`, node: window, secret, patienceMs: 300 };
      const { files, close } = readerFiles(
        exchangeStore(join(folder, 'here')),
        join(folder, 'parts'),
        access,
        size,
        boundedShelves(),
      );
      test.after(close);
      await assert.rejects(
        files.path('a'.repeat(64) as Sha256),
        (error) => error instanceof ArchiveAway && /nothing came for 0\.3 s/.test(error.message),
      );
    });
});
