import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { left, right } from 'fp-ts/lib/Either.js';
import type { ArchiveClient } from '../../src/adapters/archive-link/archive-client.ts';
import { nodeFiles } from '../../src/adapters/archive-link/node-files.ts';
import { standbyLink } from '../../src/adapters/archive-link/standby-link.ts';
import { exchangeStore } from '../../src/adapters/file-store/exchange-store.ts';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { standbySeat } from '../../src/app/standby/seat.ts';
import type { KeptPath } from '../../src/domain/backup/manifest.ts';
import type { FileName, Sha256 } from '../../src/domain/debian/names.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { StandbyDone, StandbyReport, StandbySeat } from '../../src/ports/standby.ts';
import { manualClock } from '../support/manual-clock.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** What a standby speaks to. */
export type ArchiveDesk = { readonly seat: StandbySeat; readonly onOffer: FileStore };

/** The way of `bert`, a standby, to the desk that is there; after `leave` nobody is. */
export type Way = {
  readonly clientOf: (closing: AbortSignal) => Pick<ArchiveClient, 'fetch' | 'tell' | 'deliver' | 'alive'>;
  readonly leave: () => void;
};

const hello = 'hello_2.10-3.dsc' as FileName;
const report: StandbyReport = { missing: 3, kept: null, busy: ['an order'] };
const kept = { tag: 'first', files: [{ path: 'keys/archive-key.asc' as KeptPath, mode: 0o600, bytes: 'a2V5' }] };

/** What every way from a standby to the archive promises. */
export const archiveWayContract = (
  technology: string,
  wayTo: (test: TestContext, desk: ArchiveDesk) => Promise<Way>,
): void => {
  describe(`the way of a standby to the archive, ${technology}`, () => {
    const begin = async (test: TestContext) => {
      const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-way-'));
      test.after(() => removeFolder(folder));
      const archive = fileStore(join(folder, 'archive'));
      const heard: (readonly [NodeName, StandbyReport | StandbyDone])[] = [];
      let isTaken = false;
      const order = {
        id: 'life-1',
        task: 'keep-incoming',
        sha256: 'a'.repeat(64) as Sha256,
        name: hello,
        receivedAt: 7,
      } as const;
      const seat: StandbySeat = {
        hear: async (node, given) => {
          heard.push([node, given]);
          if (isTaken) return left(refusal('standby-taken', 'oscar is the standby', 'wait'));
          return right({ orders: [order], kept: 'first' });
        },
        heardDone: (node, done) => void heard.push([node, done]),
        kept: async () => kept,
      };
      const way = await wayTo(test, { seat, onOffer: archive });
      const link = standbyLink(way.clientOf);
      const parts = join(folder, 'parts');
      const node = nodeFiles(exchangeStore(join(folder, 'here')), parts, way.clientOf);
      test.after(() => {
        link.close();
        node.link.close();
      });
      const take = () => {
        isTaken = true;
      };
      return { archive, heard, order, way, link, parts, files: node.files, aside: node.aside, take };
    };
    const large = randomBytes(300_000);
    const sha256 = (bytes: Buffer): Sha256 => createHash('sha256').update(bytes).digest('hex') as Sha256;

    it('brings its report there, and its orders back', async (test) => {
      const { heard, link, order } = await begin(test);
      assert.deepEqual(await link.report(report), { orders: [order], kept: 'first' });
      const done = { done: ['life-1'], failed: [{ id: 'life-2', fact: 'the disk is full' }] };
      await link.done(done);
      assert.deepEqual(heard, [
        ['bert', report],
        ['bert', done],
      ]);
    });

    it('brings keys and people as they are', async (test) => {
      const { link } = await begin(test);
      assert.deepEqual(await link.kept(), kept);
    });

    it('says why there is no seat', async (test) => {
      const { link, take } = await begin(test);
      take();
      await assert.rejects(link.report(report), /oscar is the standby/);
    });

    it('brings files by their hash, once for all who want them', async (test) => {
      const { archive, files, parts } = await begin(test);
      const { sha256: key } = await archive.put(hello, Readable.from([large]));
      const [one, other] = await Promise.all([files.path(key), files.path(key)]);
      assert.equal(one, other);
      assert.deepEqual(await readFile(one), large);
      assert.deepEqual(await readdir(parts), [], 'and leaves nothing on the way');
    });

    it('goes on with what an earlier life has begun', async (test) => {
      const { archive, parts, aside } = await begin(test);
      const { sha256: key } = await archive.put(hello, Readable.from([large]));
      await writeFile(join(parts, key), large.subarray(0, 100_000));
      assert.deepEqual(await readFile(await aside(key)), large);
      assert.deepEqual(await readFile(await aside(key)), large, 'also when all of it is there');
    });

    it('takes nothing for what it is not', async (test) => {
      const { archive, parts, aside } = await begin(test);
      const { sha256: key } = await archive.put(hello, Readable.from([large]));
      await writeFile(join(parts, key), Buffer.alloc(100_000));
      await assert.rejects(aside(key), /has the SHA-256/);
      assert.deepEqual(await readFile(await aside(key)), large, 'and begins anew the next time');
    });

    it('brings empty files', async (test) => {
      const { archive, aside } = await begin(test);
      const { sha256: key } = await archive.put(hello, Readable.from([]));
      assert.equal((await readFile(await aside(key))).length, 0);
    });

    it('says at once that there is no such file', async (test) => {
      const { aside } = await begin(test);
      await assert.rejects(aside(sha256(large)), /the archive has no file/);
    });

    it('rejects when nobody is there', async (test) => {
      const { link, way } = await begin(test);
      way.leave();
      await assert.rejects(link.report(report));
      await assert.rejects(link.kept());
    });

    it('ends what is under way when it is closed', async (test) => {
      const { archive } = await begin(test);
      const clock = manualClock();
      const seat = standbySeat({ need: 'required', clock, kept: async () => ({ ...kept, turn: 1 }) });
      const { clientOf } = await wayTo(test, { seat, onOffer: archive });
      const link = standbyLink(clientOf);
      const orders = assert.rejects(link.report({ ...report, kept: 'first', busy: [] }));
      await new Promise((resolve) => setImmediate(resolve));
      link.close();
      await orders;
    });
  });
};
