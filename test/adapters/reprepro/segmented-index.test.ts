import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtemp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Patch, Stanza, WrittenIndex } from '../../../src/adapters/reprepro/archive-orders.ts';
import { rememberedIndices } from '../../../src/adapters/reprepro/remembered-indices.ts';
import { archiveThread } from '../../../src/adapters/reprepro/thread.ts';
import { removeFolder } from '../../support/remove-folder.ts';

/** A stanza of so many bytes, which does not compress well. */
const stanza = (name: string, bytes: number, salt = 0): Stanza => ({
  name,
  text: `Package: ${name}\nDescription: ${Array.from({ length: Math.ceil(bytes / 64) }, (_, n) => hash('sha256', `${name} ${n} ${salt}`)).join('')}\n\n`,
});

const textOf = (stanzas: Iterable<Stanza>): string =>
  [...stanzas]
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ text }) => text)
    .join('');

const replacing = (...arriving: readonly Stanza[]): Patch => ({
  leaving: new Set(arriving.map(({ name }) => name)),
  arriving,
});

describe('An index in segments', () => {
  let folder = '';
  let files = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmented-index-'));
  });
  after(() => removeFolder(folder));

  /** One index as it is written again and again, and the file it was written to last. */
  const index = (indices: Pick<ReturnType<typeof archiveThread>, 'write'> = rememberedIndices()) => {
    const remember = { name: 'Packages', folder: join(folder, 'texts') };
    let last: { gz: string; written: WrittenIndex } | undefined;
    const write = async (from: Parameters<typeof indices.write>[0]['from']): Promise<WrittenIndex> => {
      const gz = join(folder, `${files++}.gz`);
      const written = await indices.write({ to: gz, remember, from });
      last = { gz, written };
      return written;
    };
    return {
      file: () => `${last?.gz}`,
      bytes: () => readFile(`${last?.gz}`),
      fromStanzas: (stanzas: readonly Stanza[]) => write({ kind: 'stanzas', stanzas }),
      fromText: async (text: string) => {
        const path = join(folder, 'text');
        await writeFile(path, text, 'latin1');
        return write({ kind: 'text', path });
      },
      patch: (patch: Patch) => {
        const { gz, written } = last ?? assert.fail('nothing was written');
        return write({ kind: 'patch', sha256: written.sha256, gz, patch });
      },
    };
  };

  /** It is what it says, to Node and to gzip itself. */
  const assertIs = async ({ gz, size, sha256, plain }: WrittenIndex, bytes: Promise<Buffer>, expected: string) => {
    const file = await bytes;
    assert.ok(gunzipSync(file).toString('latin1') === expected, 'the text is another');
    assert.deepEqual(gz, { size: file.length, sha256: hash('sha256', file) });
    assert.equal(size, expected.length);
    assert.equal(sha256, hash('sha256', Buffer.from(expected, 'latin1')));
    const short = plain === undefined ? undefined : Buffer.from(plain).toString('latin1');
    assert.equal(short, size <= 1024 * 1024 ? expected : undefined);
  };

  const many = Array.from({ length: 4000 }, (_, n) => stanza(`package-${String(n).padStart(4, '0')}`, 1000));

  it('is one gzip member to gzip', async () => {
    const packages = index();
    const stanzas = many.slice(0, 300);
    await packages.fromStanzas(stanzas);
    assert.equal(execFileSync('gzip', ['-dc', packages.file()]).toString('latin1'), textOf(stanzas));
    assert.match(execFileSync('gzip', ['-lv', packages.file()]).toString(), / \d+ +\d{6} /);
  });

  it('may be empty, and filled, and emptied', async () => {
    const packages = index();
    await assertIs(await packages.fromStanzas([]), packages.bytes(), '');
    const one = stanza('hello', 100);
    await assertIs(await packages.patch(replacing(one)), packages.bytes(), one.text);
    await assertIs(await packages.patch({ leaving: new Set(['hello']), arriving: [] }), packages.bytes(), '');
  });

  it('leaves segments alone that do not change', async () => {
    const packages = index();
    await packages.fromStanzas(many);
    const was = await packages.bytes();
    const changed = stanza('package-2000', 900, 1);
    await assertIs(await packages.patch(replacing(changed)), packages.bytes(), textOf(many.with(2000, changed)));
    const is = await packages.bytes();
    let alike = 0;
    while (was[alike] === is[alike]) alike += 1;
    assert.ok(alike > 0.49 * was.length && alike < 0.51 * was.length, `${alike} of ${was.length}`);
    const tail = Math.floor(0.47 * was.length);
    assert.ok(is.subarray(-tail, -8).equals(was.subarray(-tail, -8)));
  });

  it('is after any patches what it is when made anew', async (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    const name = fc.nat(400).map((n) => `package-${n}`);
    const patch = fc.record({
      leaving: fc.array(name, { maxLength: 40 }),
      arriving: fc.array(name, { maxLength: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(100, 5_000, 20_000),
        fc.boolean(),
        fc.array(name),
        fc.array(patch, { maxLength: 5 }),
        async (bytes, isText, first, patches) => {
          const packages = index();
          const wanted = new Map(first.map((each) => [each, stanza(each, bytes)]));
          if (isText) await packages.fromText(textOf(wanted.values()));
          else await packages.fromStanzas([...wanted.values()]);
          for (const [at, { leaving, arriving }] of patches.entries()) {
            for (const each of leaving) wanted.delete(each);
            const coming = [...new Set(arriving)].map((each) => stanza(each, bytes, at + 1));
            for (const each of coming) wanted.set(each.name, each);
            const replaced = new Set([...leaving, ...arriving]);
            if (replaced.size === 0) continue;
            const written = await packages.patch({ leaving: replaced, arriving: coming });
            await assertIs(written, packages.bytes(), textOf(wanted.values()));
          }
        },
      ),
      { seed, numRuns: 40, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('is of a text that somebody else wrote what it says', async () => {
    for (const stanzas of [[], many.slice(0, 1), many.slice(0, 500), many]) {
      const packages = index();
      await assertIs(await packages.fromText(textOf(stanzas)), packages.bytes(), textOf(stanzas));
    }
  });

  it('keeps its text small however often it is patched, and leaves no file', async () => {
    const packages = index();
    await packages.fromStanzas(many.slice(0, 200));
    let last = many.slice(0, 200);
    for (let salt = 1; salt <= 60; salt += 1) {
      const changed = stanza('package-0100', 900, salt);
      last = last.with(100, changed);
      await assertIs(await packages.patch(replacing(changed)), packages.bytes(), textOf(last));
    }
    assert.deepEqual(await readdir(join(folder, 'texts')), []);
  });

  it('is not patched when it is not what it was', async () => {
    const packages = index();
    await packages.fromStanzas(many.slice(0, 500));
    await truncate(packages.file(), 1000);
    await assert.rejects(packages.patch(replacing(stanza('package-0100', 900, 1))), /is shorter than it was/);
    await assert.rejects(
      packages.patch(replacing(stanza('package-0100', 900, 1))),
      /is not the index that is remembered/,
    );
  });

  it('is written in a thread as it is here, and told when that cannot be', async () => {
    const thread = archiveThread();
    const packages = index(thread);
    await packages.fromStanzas(many);
    const changed = stanza('package-2000', 900, 1);
    await assertIs(await packages.patch(replacing(changed)), packages.bytes(), textOf(many.with(2000, changed)));
    const nowhere = join(folder, 'nowhere', 'Packages.gz');
    const order = { to: nowhere, remember: undefined, from: { kind: 'stanzas', stanzas: [] } } as const;
    await assert.rejects(thread.write(order), /ENOENT.*nowhere/);
    thread.forget('Pack');
    await assert.rejects(packages.patch(replacing(changed)), /is not the index that is remembered/);
  });
});
