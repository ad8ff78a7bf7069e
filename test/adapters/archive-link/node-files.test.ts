import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { archiveClient } from '../../../src/adapters/archive-link/archive-client.ts';
import { nodeFiles } from '../../../src/adapters/archive-link/node-files.ts';
import { deliveries } from '../../../src/adapters/file-store/deliveries.ts';
import { exchangeStore } from '../../../src/adapters/file-store/exchange-store.ts';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import type { FileName, Sha256 } from '../../../src/domain/debian/names.ts';
import type { NodeName } from '../../../src/domain/node/events.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { noBearings, serve } from '../http/served.ts';

const hello = 'hello_2.10-3.dsc' as FileName;
const bert = 'bert' as NodeName;
const secret = 'the-secret-of-bert-is-long';
const sha256 = (bytes: Buffer): Sha256 => createHash('sha256').update(bytes).digest('hex') as Sha256;
const large = randomBytes(3_000_000);

/** An archive that knows bert, and bert, with a way between them that may break. */
const archiveAndNode = async (test: TestContext, shown = secret, patienceMs = 30_000) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-node-'));
  test.after(() => removeFolder(folder));
  const archive = fileStore(join(folder, 'archive'));
  const heard: (readonly [string, number, ...string[]])[] = [];
  let isKnown = true;
  let isHolder = true;
  const { url } = await serve(test, {
    files: archive,
    nodes: {
      admits: (name, said) => (isKnown && name === bert && said === secret ? bert : undefined),
      hear: (node, token, ...waitsFor) => heard.push([node, token, ...waitsFor.flatMap((each) => each ?? [])]),
      bearings: () => noBearings,
      deliveries: deliveries(join(folder, 'deliveries'), archive),
      permit: async () => {
        if (!isHolder) throw new Error('another node has taken over');
      },
    },
  });
  const way = await breakingWay(test, Number(new URL(url).port));
  const parts = join(folder, 'parts');
  const access = { where: async () => `http://127.0.0.1:${way.port}`, node: bert, secret: shown, patienceMs };
  const { files, link } = nodeFiles(exchangeStore(join(folder, 'here')), parts, (closing) =>
    archiveClient(access, closing),
  );
  test.after(link.close);
  return {
    archive,
    files,
    link,
    heard,
    way,
    parts,
    folder,
    forget: () => {
      isKnown = false;
    },
    takeOver: () => {
      isHolder = false;
    },
  };
};

/** Forwards to `inner`; `breakAfter` cuts the next connections each after so many bytes of one direction. */
const breakingWay = async (test: TestContext, inner: number) => {
  const breaks: { readonly up?: number; readonly down?: number }[] = [];
  let carried = { up: 0, down: 0 };
  const forward = (from: Socket, to: Socket, most: number, which: 'up' | 'down'): void => {
    let bytes = 0;
    from.on('error', () => undefined);
    from.on('close', () => to.destroy());
    from.on('data', (chunk) => {
      bytes += chunk.length;
      carried = { ...carried, [which]: carried[which] + chunk.length };
      // No more is on its way at once than who takes it keeps up with: it is lost where the way breaks.
      if (!to.write(chunk)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
      if (bytes >= most) setImmediate(() => from.destroy());
    });
  };
  const server = createServer((outside) => {
    const { up = Number.POSITIVE_INFINITY, down = Number.POSITIVE_INFINITY } = breaks.shift() ?? {};
    const inside = connect(inner, '127.0.0.1');
    forward(outside, inside, up, 'up');
    forward(inside, outside, down, 'down');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  test.after(() => server.close());
  return {
    port: (server.address() as AddressInfo).port,
    breakAfter: (...given: typeof breaks) => breaks.push(...given),
    carried: () => carried,
  };
};

describe('The files of a node', () => {
  it('come from the archive by their hash, once for all who want them', async (test) => {
    const { archive, files, way } = await archiveAndNode(test);
    const stored = await archive.put(hello, Readable.from([large]));
    const paths = await Promise.all([files.path(stored.sha256), files.path(stored.sha256)]);
    assert.equal(paths[0], paths[1]);
    assert.deepEqual(await readFile(paths[0]), large);
    assert.ok(way.carried().down < 1.5 * large.length, 'one transfer');
  });

  it('go on where a transfer broke off', async (test) => {
    const { archive, files, way } = await archiveAndNode(test);
    const stored = await archive.put(hello, Readable.from([large]));
    way.breakAfter({ down: 1_000_000 }, { down: 1_000_000 });
    assert.deepEqual(await readFile(await files.path(stored.sha256)), large);
    assert.ok(way.carried().down < 1.5 * large.length, `${way.carried().down} bytes are not the whole again and again`);
  });

  it('are not taken for what they are not', async (test) => {
    const { archive, files, parts } = await archiveAndNode(test);
    const stored = await archive.put(hello, Readable.from([large]));
    await writeFile(join(parts, stored.sha256), 'what an earlier life left of something else');
    await assert.rejects(files.path(stored.sha256), /has the SHA-256/);
    assert.deepEqual(await readdir(parts), []);
    assert.deepEqual(await readFile(await files.path(stored.sha256)), large, 'and whole the next time');
  });

  it('are left alone by what comes under another name with the same bytes', async (test) => {
    const { archive, files, parts } = await archiveAndNode(test);
    const [here, wanted] = [Buffer.from('here'), Buffer.from('else')];
    const stored = await files.put(hello, Readable.from([here]));
    await archive.put(hello, Readable.from([wanted]));
    await writeFile(join(parts, sha256(wanted)), here);
    await assert.rejects(files.path(sha256(wanted)), /has the SHA-256/);
    await archive.remove(stored.sha256);
    assert.deepEqual(await readFile(await files.path(stored.sha256)), here, 'it is here still');
  });

  it('that the archive does not have are said so at once', async (test) => {
    const { files } = await archiveAndNode(test);
    await assert.rejects(files.path(sha256(large)), /the archive has no file/);
  });

  it('are in the archive before anybody hears of them', async (test) => {
    const { archive, files } = await archiveAndNode(test);
    const put = await files.put(hello, Readable.from([large]));
    assert.deepEqual(put, { name: hello, size: large.length, sha256: sha256(large) });
    assert.deepEqual(await readFile(await archive.path(put.sha256)), large);
    const empty = await files.put(hello, Readable.from([]));
    assert.equal(await archive.has(empty.sha256), true);
  });

  it('go there on where a transfer broke off', async (test) => {
    const { archive, files, way } = await archiveAndNode(test);
    way.breakAfter({}, { up: 1_000_000 }, {}, { up: 1_000_000 });
    const put = await files.put(hello, Readable.from([large]));
    assert.deepEqual(await readFile(await archive.path(put.sha256)), large);
    assert.ok(way.carried().up < 1.5 * large.length, `${way.carried().up} bytes are not the whole again and again`);
  });

  it('are delivered once more when what lay there of them has suffered', async (test) => {
    const { archive, files, folder } = await archiveAndNode(test);
    await writeFile(join(folder, 'deliveries', sha256(large)), Buffer.alloc(large.length));
    await files.put(hello, Readable.from([large]));
    assert.deepEqual(await readFile(await archive.path(sha256(large))), large);
  });

  it('are refused when they are not what their name says, however often they are delivered', async (test) => {
    const { archive, files, folder } = await archiveAndNode(test);
    const { sha256: key } = await files.put(hello, Readable.from([large]));
    await archive.remove(key);
    const here = join(folder, 'here', key.slice(0, 2), key);
    await rm(here);
    await writeFile(here, Buffer.alloc(large.length));
    await assert.rejects(files.put(hello, Readable.from([large])), /took \w{64} for something else/);
    assert.equal(await archive.has(key), false);
  });

  it('are taken as far as they were announced, though more is sent', { timeout: 120_000 }, async (test) => {
    const { archive, way } = await archiveAndNode(test);
    const socket = connect(way.port, '127.0.0.1');
    const answer = text(socket);
    socket.write(
      `PUT /mini_buildd/nodes/files/${sha256(large)} HTTP/1.1\r\nHost: archive\r\nContent-Length: 9999999999\r\n` +
        `Authorization: Basic ${btoa(`bert:${secret}`)}\r\nUpload-Offset: 0\r\nUpload-Length: ${large.length}\r\n\r\n`,
    );
    socket.write(large);
    assert.match(await answer, /^HTTP\/1\.1 201 /);
    assert.deepEqual(await readFile(await archive.path(sha256(large))), large);
  });

  it('are not delivered twice', async (test) => {
    const { archive, files, way } = await archiveAndNode(test);
    await archive.put(hello, Readable.from([large]));
    await files.put(hello, Readable.from([large]));
    assert.ok(way.carried().up < 10_000);
  });

  it('are not delivered to who does not hold the archive any more', async (test) => {
    const { archive, files, takeOver } = await archiveAndNode(test, secret, 500);
    takeOver();
    await assert.rejects(files.put(hello, Readable.from([large])), /could not be delivered/);
    assert.equal(await archive.has(sha256(large)), false);
  });

  it('are nobody else’s: another secret, or that of a node that was removed, opens nothing', async (test) => {
    const stranger = await archiveAndNode(test, 'another-secret-that-is-long');
    const { sha256: key } = await stranger.archive.put(hello, Readable.from([large]));
    await assert.rejects(stranger.files.path(key), /does not know bert, or its secret/);
    await assert.rejects(stranger.link.alive(1), /does not know bert/);
    const { archive, files, link, heard, forget } = await archiveAndNode(test);
    const stored = await archive.put(hello, Readable.from([large]));
    await link.alive(7);
    await link.alive(7, 'refused: 100 % & no right to write');
    assert.deepEqual(heard, [
      [bert, 7],
      [bert, 7, 'refused: 100 % & no right to write'],
    ]);
    forget();
    await assert.rejects(files.path(stored.sha256), /does not know bert/);
    await assert.rejects(files.put(hello, Readable.from(['more'])), /does not know bert/);
  });
});

describe('Files that come in pieces', () => {
  const pieces = async (test: TestContext) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-pieces-'));
    test.after(() => removeFolder(folder));
    const files = fileStore(join(folder, 'files'));
    return {
      files,
      take: deliveries(join(folder, 'parts'), files),
      again: () => deliveries(join(folder, 'parts'), files),
    };
  };
  const key = sha256(large);
  const from = (at: number, to = large.length) => Readable.from([large.subarray(at, to)]);

  it('are whole when the last one came, also over a restart', async (test) => {
    const { files, take, again } = await pieces(test);
    assert.deepEqual(await take.take(key, 0, large.length, from(0, 1000)), { at: 1000 });
    const later = again();
    assert.deepEqual(await later.standing(key), { at: 1000 });
    assert.equal(await later.take(key, 1000, large.length, from(1000)), 'whole');
    assert.deepEqual(await readFile(await files.path(key)), large);
    assert.equal(await later.standing(key), 'whole');
  });

  it('that begin elsewhere change nothing', async (test) => {
    const { take } = await pieces(test);
    await take.take(key, 0, large.length, from(0, 1000));
    assert.deepEqual(await take.take(key, 5000, large.length, from(5000)), { at: 1000 });
    assert.deepEqual(await take.standing(key), { at: 1000 });
  });

  it('that do not have the hash are dropped, and bytes beyond the end are cut', async (test) => {
    const { files, take } = await pieces(test);
    assert.equal(await take.take(key, 0, 4, Readable.from([Buffer.from('else')])), 'altered');
    assert.deepEqual(await take.standing(key), { at: 0 });
    const beyond = async function* () {
      yield large;
      assert.fail('no more is asked for');
    };
    assert.equal(await take.take(key, 0, large.length, beyond()), 'whole');
    assert.deepEqual(await readFile(await files.path(key)), large);
  });

  it('under a name that is not theirs take nothing away of what is there', async (test) => {
    const { files, take } = await pieces(test);
    const stored = await files.put(hello, Readable.from([large]));
    const unused = sha256(Buffer.from('nothing of that name'));
    assert.equal(await take.take(unused, 0, large.length, from(0)), 'altered');
    assert.deepEqual(await readFile(await files.path(stored.sha256)), large);
    assert.deepEqual(await take.standing(unused), { at: 0 });
  });
});
