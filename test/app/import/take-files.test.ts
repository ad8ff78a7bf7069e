import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { right } from 'fp-ts/lib/Either.js';
import { takeFiles } from '../../../src/app/import/take-files.ts';
import type { StoredFile } from '../../../src/domain/debian/names.ts';
import type { ImportSource } from '../../../src/ports/import-source.ts';
import { stored } from '../../support/fixed-examples.ts';

const found = ['one.deb', 'two.deb', 'three.deb'].map((name) => ({ ...stored(name), path: `pool/${name}` }));

/** Gives each file as it is, but for those that are said otherwise. */
const source = (otherwise: Readonly<Record<string, Readable>> = {}): ImportSource => ({
  suites: async () => [],
  open: async (path) => right(otherwise[path] ?? Readable.from([Buffer.from(path.slice('pool/'.length))])),
  unpack: async (packed) => packed,
  control: async (start) =>
    start.length === 0
      ? Promise.reject(new Error('it is empty'))
      : `Version: 1\nPackage: ${start}\nArchitecture: amd64\n`,
});

/** Keeps what it was given whole, up to a number of bytes. */
const store = (room = Number.POSITIVE_INFINITY) => {
  const kept = new Map<string, string>();
  return {
    kept,
    has: async (sha256: string) => kept.has(sha256),
    open: async (sha256: string) => Readable.from([Buffer.from(kept.get(sha256) ?? assert.fail(sha256))]),
    put: async (name: StoredFile['name'], bytes: Readable): Promise<StoredFile> => {
      const text = Buffer.concat(await bytes.toArray()).toString();
      if (text.length > room) throw new Error('ENOSPC: no space left on device, write');
      const file = stored(name, text);
      kept.set(file.sha256, text);
      return file;
    },
  };
};

describe('Files of an import', () => {
  it('are taken whole, and those of others, too long, too short or unreadable not at all', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536);
      })(),
    );
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from('t');
        throw new Error('EIO: i/o error, read');
      })(),
    );
    const into = store();
    const damaged = await takeFiles(
      source({
        'pool/one.deb': endless,
        'pool/two.deb': failing,
        'pool/three.deb': Readable.from([Buffer.from('THREE.DEB')]),
      }),
      found,
      into,
      () => undefined,
    );
    assert.deepEqual(
      found.map(({ sha256 }) => damaged.get(sha256)?.fact.replace(/[0-9a-f]{64}/g, '…')),
      [
        'pool/one.deb has more than the 7 bytes that its index says',
        'pool/two.deb cannot be read: EIO: i/o error, read',
        'pool/three.deb has SHA-256 …, and its index says …',
      ],
    );
    assert.equal(into.kept.size, 0);
    assert.equal((await takeFiles(source(), found, into, () => undefined)).size, 0);
    assert.equal(into.kept.size, 3);
  });

  it('that are there already are not read again', async () => {
    const into = store();
    await takeFiles(source(), found, into, () => undefined);
    const silent: ImportSource = { ...source(), open: () => assert.fail('it was read again') };
    assert.equal((await takeFiles(silent, found, into, () => undefined)).size, 0);
  });

  it('that the disk has no room for end it all in words', async () => {
    await assert.rejects(
      takeFiles(source(), found, store(8), () => undefined),
      /pool\/three\.deb cannot be kept: ENOSPC.*Nothing was imported; make room, and import again/,
    );
  });

  it('that are another package than their index says are taken in no case, kept already or not', async () => {
    const [one, two] = found;
    assert.ok(one && two);
    const claims = [
      { ...one, is: 'one.deb 1 amd64' },
      { ...one, is: 'one.deb 2 amd64' },
      { ...two, is: 'three.deb 1 amd64' },
    ];
    for (const into of [store(), undefined]) {
      const damaged = await takeFiles(source(), claims, into, () => undefined);
      assert.deepEqual([...damaged.values()].map(({ rule, fact }) => `${rule}: ${fact}`).sort(), [
        'other-control: pool/one.deb is one.deb 1 amd64 by its own control file, and its index says one.deb 2 amd64',
        'other-control: pool/two.deb is two.deb 1 amd64 by its own control file, and its index says three.deb 1 amd64',
      ]);
      assert.deepEqual([...(into?.kept.values() ?? ['one.deb'])], ['one.deb']);
    }
    const into = store();
    await takeFiles(source(), found, into, () => undefined);
    assert.equal((await takeFiles(source(), claims, into, () => undefined)).size, 2);
  });
});
