import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isRight, left, right } from 'fp-ts/lib/Either.js';
import { arrivingFiles, arrivingWorks } from '../../../src/app/incoming/arriving-files.ts';
import type { FileName, Sha256 } from '../../../src/domain/debian/names.ts';
import type { IncomingDoor, Sent } from '../../../src/ports/incoming.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const digest = 'a'.repeat(64) as Sha256;

/** A door that takes every byte, and refuses what is called `bad`. */
const door: IncomingDoor = {
  open: async () =>
    right({
      take: async ({ name, bytes }: Sent) => {
        let size = 0;
        for await (const chunk of bytes) size += chunk.length;
        return name.startsWith('bad')
          ? left({ why: 'oversized' as const, fact: 'it is too long' })
          : right({ size, sha256: digest });
      },
      close: async () => undefined,
    }),
};

const watching = () => {
  let now = 1_000_000;
  const journal: string[] = [];
  const seen = arrivingFiles(
    () => now,
    (about, line) => journal.push(`${about}: ${line}`),
  );
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  /** Sends so many chunks of a mebibyte, each so much later than the last one; gives what was to be seen after each. */
  const send = async (name: string, chunks: number, apart: number, more: Partial<Sent> = {}) => {
    const looks: string[] = [];
    const look = (isStaff: boolean) => arrivingWorks(seen.now(), isStaff).map(({ about, says }) => `${about}: ${says}`);
    async function* bytes(): AsyncGenerator<Buffer> {
      for (let n = 0; n < chunks; n += 1) {
        pass(apart);
        yield Buffer.alloc(2 ** 20);
        looks.push(look(true).join('; '));
      }
    }
    const place = await seen.watched(door).open();
    assert.ok(isRight(place));
    const sent = { name: name as FileName, session: 'one', door: 'ftp' as const, bytes: bytes(), ...more };
    const taken = await place.right.take({ ...sent, stopped: new AbortController().signal, cut: () => undefined });
    await place.right.close();
    return { looks, taken };
  };
  return { seen, journal, send, pass };
};

describe('A file on its way', () => {
  it('is to be seen with what came of it, once it takes longer than a moment, and no more when it ended', async () => {
    const { seen, send } = watching();
    const { looks, taken } = await send('hello_1.orig.tar.xz', 4, 600);
    assert.deepEqual(looks, [
      '',
      ...Array(2).fill('hello_1.orig.tar.xz: 2 MiB by ftp'),
      'hello_1.orig.tar.xz: 4 MiB by ftp',
    ]);
    assert.ok(isRight(taken));
    assert.equal(taken.right.size, 4 * 2 ** 20);
    assert.deepEqual(seen.now(), []);
  });

  it('is told to the journal while it lasts and when it ended, unless it was quick', async () => {
    const { journal, send } = watching();
    await send('quick.dsc', 2, 100);
    assert.deepEqual(journal, []);
    await send('long.tar.xz', 4, 16_000, { announced: 4 * 2 ** 20 });
    await send('bad.tar.xz', 2, 2_000);
    assert.deepEqual(journal, [
      'long.tar.xz: upload: 2 MiB of 4 MiB by ftp',
      'long.tar.xz: upload: 4 MiB of 4 MiB by ftp',
      'long.tar.xz: upload: 4 MiB came in 64.0 s',
      'bad.tar.xz: upload: not taken after 4.0 s and 2 MiB: it is too long',
    ]);
  });

  it('is as long as the .dsc of the same sender said', async (test: TestContext) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-'));
    test.after(() => removeFolder(folder));
    const path = join(folder, 'hello.dsc');
    await writeFile(path, `Checksums-Sha256:\n ${digest} 3145728 hello_1.orig.tar.xz\nFiles:\n`);
    const { seen, send, pass } = watching();
    const file = {
      name: 'hello.dsc' as FileName,
      path,
      size: 100,
      sha256: digest,
      session: 'one',
      door: 'ftp' as const,
    };
    assert.equal(await seen.heard(async () => undefined)(file), undefined);
    assert.equal((await send('hello_1.orig.tar.xz', 1, 1_000)).looks[0], 'hello_1.orig.tar.xz: 1 MiB of 3 MiB by ftp');
    const other = await send('hello_1.orig.tar.xz', 1, 1_000, { session: 'another' });
    assert.equal(other.looks[0], 'hello_1.orig.tar.xz: 1 MiB by ftp');
    pass(3_600_000);
    assert.equal((await send('hello_1.orig.tar.xz', 1, 1_000)).looks[0], 'hello_1.orig.tar.xz: 1 MiB by ftp');
  });

  it('is not expected beyond as many as a session may bring', async (test: TestContext) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-'));
    test.after(() => removeFolder(folder));
    const path = join(folder, 'many.dsc');
    const lines = Array.from({ length: 1000 }, (_, n) => ` ${digest} 3145728 file_${n}.tar.xz\n`);
    await writeFile(path, `Checksums-Sha256:\n${lines.join('')}`);
    const { seen, send } = watching();
    const file = {
      name: 'many.dsc' as FileName,
      path,
      size: 100,
      sha256: digest,
      session: 'one',
      door: 'ftp' as const,
    };
    await seen.heard(async () => undefined)(file);
    assert.equal((await send('file_199.tar.xz', 1, 1_000)).looks[0], 'file_199.tar.xz: 1 MiB of 3 MiB by ftp');
    assert.equal((await send('file_200.tar.xz', 1, 1_000)).looks[0], 'file_200.tar.xz: 1 MiB by ftp');
  });

  it('has no name for who does not look after the instance: nobody has vouched for it', () => {
    const all = [
      { name: 'rude-word.dsc' as FileName, door: 'ftp' as const, bytes: 2 ** 20, of: undefined, startedAt: 5 },
      { name: 'other.dsc' as FileName, door: 'http' as const, bytes: 2 ** 20, of: undefined, startedAt: 7 },
    ];
    assert.deepEqual(
      arrivingWorks(all, false).map(({ about, says, startedAt }) => [about, says, startedAt]),
      [['2 files', '2 MiB so far', 5]],
    );
    assert.deepEqual(arrivingWorks([], false), []);
  });
});
