import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { type Headers, pack } from 'tar-stream';
import { tarStreamTars } from '../../../src/adapters/tar/tar-stream-tars.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const most = { members: 5, bytes: 10_000 };

const folderOf = async (test: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-tar-'));
  test.after(() => removeFolder(folder));
  return folder;
};

const tarOf = (entries: readonly (Partial<Headers> & { readonly name: string })[]): Promise<Buffer> => {
  const tar = pack();
  for (const entry of entries) {
    // What is left out of a header is written into it.
    if (entry.type === undefined) tar.entry({ ...entry }, 'x'.repeat(entry.size ?? 4));
    else tar.entry({ ...entry });
  }
  tar.finalize();
  return buffer(Readable.from(tar));
};

/** What is taken of a tar with these bytes: names and texts, or the rule. */
const takenOf = async (test: TestContext, bytes: Buffer) => {
  const path = join(await folderOf(test), 'a.tar');
  await writeFile(path, bytes);
  const taken: [string, string][] = [];
  const done = await tarStreamTars().unpack(path, most, async (name, content) =>
    taken.push([name, await text(content)]),
  );
  return { taken, rule: isLeft(done) ? done.left.rule : undefined };
};

describe('A tar', () => {
  it('is packed the same each time, and tar itself reads it', async (test) => {
    const folder = await folderOf(test);
    await writeFile(join(folder, 'hello.dsc'), 'Format: 3.0\n');
    const members = [
      { name: 'hello.dsc', path: join(folder, 'hello.dsc') },
      { name: 'empty', text: '' },
      { name: 'chroot_setup_script', text: '#!/bin/sh\n', mode: 0o700 },
    ];
    const bytes = await buffer(tarStreamTars().pack(members));
    assert.deepEqual(await buffer(tarStreamTars().pack(members)), bytes);
    await writeFile(join(folder, 'a.tar'), bytes);
    const listed = execFileSync('tar', ['--list', '--verbose', '--file', join(folder, 'a.tar')], { encoding: 'utf8' });
    assert.match(listed, /^-rwx------ 0\/0 +10 1970-01-01 \S+ chroot_setup_script$/m);
    assert.deepEqual(await takenOf(test, bytes), {
      taken: [
        ['hello.dsc', 'Format: 3.0\n'],
        ['empty', ''],
        ['chroot_setup_script', '#!/bin/sh\n'],
      ],
      rule: undefined,
    });
  });

  it('of GNU tar is read too', async (test) => {
    const folder = await folderOf(test);
    await writeFile(join(folder, 'hello.dsc'), 'Format: 3.0\n');
    const bytes = execFileSync('tar', ['--create', '--directory', folder, 'hello.dsc']);
    assert.deepEqual((await takenOf(test, bytes)).taken, [['hello.dsc', 'Format: 3.0\n']]);
    await symlink('/etc/passwd', join(folder, 'link'));
    assert.equal(
      (await takenOf(test, execFileSync('tar', ['--create', '--directory', folder, 'link']))).rule,
      'unsafe-member',
    );
  });

  it('that cannot be packed breaks instead of ending', async () => {
    await assert.rejects(buffer(tarStreamTars().pack([{ name: 'hello.dsc', path: '/nowhere/hello.dsc' }])), /ENOENT/);
  });

  for (const [what, entries, rule] of [
    ['a link', [{ name: 'a', type: 'symlink', linkname: '/etc/passwd' }], 'unsafe-member'],
    ['a hard link', [{ name: 'a', type: 'link', linkname: '/etc/passwd' }], 'unsafe-member'],
    ['a device', [{ name: 'null', type: 'character-device' }], 'unsafe-member'],
    ['a pipe', [{ name: 'pipe', type: 'fifo' }], 'unsafe-member'],
    ['a folder', [{ name: 'folder', type: 'directory' }], 'unsafe-member'],
    ['a climbing name', [{ name: '../a' }], 'unsafe-member'],
    ['an absolute name', [{ name: '/etc/a' }], 'unsafe-member'],
    ['a name with a folder', [{ name: 'a/b' }], 'unsafe-member'],
    ['a hidden name', [{ name: '.a' }], 'unsafe-member'],
    ['a name that is an option', [{ name: '--checkpoint-action=exec' }], 'unsafe-member'],
    ['a name twice', [{ name: 'a' }, { name: 'a' }], 'unsafe-member'],
    ['too many members', Array.from({ length: 6 }, (_, n) => ({ name: `a${n}` })), 'oversized'],
    [
      'too many bytes',
      [
        { name: 'a', size: 6000 },
        { name: 'b', size: 6000 },
      ],
      'oversized',
    ],
  ] as const) {
    it(`with ${what} is refused at the first sign of it`, async (test) => {
      const found = await takenOf(test, await tarOf([...entries] as Headers[]));
      assert.equal(found.rule, rule);
      assert.ok(found.taken.length <= most.members);
    });
  }

  it('may have as many members and bytes as there may be, and not one more', async (test) => {
    const names = Array.from({ length: most.members }, (_, n) => `a${n}`);
    const share = most.bytes / most.members;
    const full = names.map((name) => ({ name, size: share }));
    assert.deepEqual((await takenOf(test, await tarOf(full))).taken.length, most.members);
    const heavier = full.map((each, n) => (n === 0 ? { ...each, size: share + 1 } : each));
    assert.equal((await takenOf(test, await tarOf(heavier))).rule, 'oversized');
    const light = [...names, 'b'].map((name) => ({ name, size: 1 }));
    assert.equal((await takenOf(test, await tarOf(light))).rule, 'oversized');
  });

  it('that is none, is cut, or lies about its size is refused, and nobody waits', async (test) => {
    const whole = await tarOf([{ name: 'a', size: 5000 }]);
    for (const bytes of [Buffer.from('no tar at all'.repeat(100)), whole.subarray(0, 2000), whole.subarray(0, 300)]) {
      assert.equal((await takenOf(test, bytes)).rule, 'malformed-tar');
    }
  });

  it('whose member cannot be taken rejects with why', async (test) => {
    const path = join(await folderOf(test), 'a.tar');
    await writeFile(path, await tarOf([{ name: 'a' }]));
    const full = async (): Promise<never> => {
      throw new Error('the disk is full');
    };
    await assert.rejects(tarStreamTars().unpack(path, most, full), /^Error: the disk is full$/);
  });
});
