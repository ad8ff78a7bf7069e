import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folderSource } from '../../../src/adapters/import-source/folder-source.ts';
import { unpack } from '../../../src/adapters/import-source/unpack.ts';

const xz = (bytes: Buffer): Buffer => execFileSync('xz', ['--stdout'], { input: bytes });

describe('An index that is imported', () => {
  const text = Buffer.from('Package: hello\n');
  for (const [packing, packed] of [
    ['', (bytes: Buffer) => bytes],
    ['.gz', gzipSync],
    ['.xz', xz],
  ] as const) {
    it(`is unpacked, ${packing === '' ? 'plain' : packing}`, async () => {
      assert.deepEqual(await unpack(packed(text), packing, 1000), text);
    });
    if (packing === '') continue;
    it(`is refused when it bursts, ${packing}`, async () => {
      await assert.rejects(unpack(packed(Buffer.alloc(20_000_000)), packing, 1_000_000), /larger than/);
    });
    it(`is refused when it is damaged, ${packing}`, async () => {
      await assert.rejects(unpack(packed(text).subarray(0, 30), packing, 1000), /unexpected end|could not unpack/i);
    });
  }
});

describe('A binary package that is imported', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-deb-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const made = async (packing: string): Promise<Buffer> => {
    const root = join(folder, packing);
    await mkdir(join(root, 'DEBIAN'), { recursive: true });
    const fields = ['Package: hello', 'Version: 1:2-3', 'Architecture: all', 'Maintainer: Ernie <ernie@example.org>'];
    await writeFile(join(root, 'DEBIAN', 'control'), `${fields.join('\n')}\nDescription: says hello\n`);
    const args = ['--uniform-compression', `-Z${packing}`, '--root-owner-group', '--build', root, `${root}.deb`];
    execFileSync('dpkg-deb', args, { stdio: 'ignore' });
    return readFile(`${root}.deb`);
  };
  const { control } = folderSource('/');

  for (const packing of ['none', 'gzip', 'xz', 'zstd'])
    it(`says in its control file which one it is, packed by ${packing}`, async () => {
      const deb = await made(packing);
      assert.match(await control(deb), /^Package: hello\nVersion: 1:2-3\nArchitecture: all\n/);
      await assert.rejects(control(deb.subarray(0, 150)), /cut off/);
    });

  it('is none without a control file', async () => {
    await assert.rejects(control(Buffer.from('no package at all')), /it is no binary package/);
  });
});

describe('A repository in a folder', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-source-'));
    await mkdir(join(folder, 'base', 'dists', 'trixie'), { recursive: true });
    await mkdir(join(folder, 'base', 'dists', 'nothing'));
    for (const suite of ['trixie/updates', 'trixie/main/binary-amd64', 'buster/updates']) {
      await mkdir(join(folder, 'base', 'dists', suite), { recursive: true });
      await writeFile(join(folder, 'base', 'dists', suite, 'Release'), 'it');
    }
    await writeFile(join(folder, 'base', 'dists', 'trixie', 'Release'), 'it');
    await writeFile(join(folder, 'secret'), 'secret');
    await symlink('trixie', join(folder, 'base', 'dists', 'stable'));
    await symlink('../secret', join(folder, 'base', 'out'));
    await symlink('loop', join(folder, 'base', 'loop'));
    execFileSync('mkfifo', [join(folder, 'base', 'pipe')]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const ruleOf = async (path: string): Promise<string> => {
    const opened = await folderSource(join(folder, 'base')).open(path);
    if (opened._tag === 'Left') return opened.left.rule;
    opened.right.destroy();
    return 'opened';
  };

  it('has the suites that have a Release, each by one name', async () => {
    assert.deepEqual(await folderSource(join(folder, 'base')).suites(), ['buster/updates', 'trixie', 'trixie/updates']);
    await assert.rejects(folderSource(folder).suites(), /There is no repository in .*Name the folder that holds dists/);
  });

  for (const [path, rule] of [
    ['dists/trixie/Release', 'opened'],
    ['dists/stable/Release', 'opened'],
    ['dists/trixie/InRelease', 'absent-file'],
    ['dists/trixie/Release/more', 'absent-file'],
    ['../secret', 'unsafe-filename'],
    ['out', 'unsafe-filename'],
    ['loop', 'unreadable-file'],
    ['pipe', 'unreadable-file'],
    ['dists', 'unreadable-file'],
  ] as const)
    it(`${rule === 'opened' ? 'gives' : 'refuses'} ${path}`, async () => {
      assert.equal(await ruleOf(path), rule);
    });
});
