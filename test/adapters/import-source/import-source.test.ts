import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folderSource } from '../../../src/adapters/import-source/folder-source.ts';
import { unpack } from '../../../src/adapters/import-source/unpack.ts';
import { removeFolder } from '../../support/remove-folder.ts';

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
  after(() => removeFolder(folder));

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

  /** A package by other tools than dpkg-deb: `packing` makes its control archive in a folder with a control file. */
  const by = async (name: string, packing: string, beside: readonly string[] = []) => {
    const root = join(folder, name);
    await mkdir(join(root, 'other'), { recursive: true });
    const stanza = (called: string) =>
      `Package: ${called}\nVersion: 1\nArchitecture: all\nMaintainer: Ernie <ernie@example.org>\nDescription: says it\n`;
    await writeFile(join(root, 'control'), stanza('hello'));
    await writeFile(join(root, 'other', 'control'), stanza('other'));
    await writeFile(join(root, 'script'), '#!/bin/sh\n');
    const script = `set -e; printf '2.0\\n' >debian-binary; ln -s script postinst; ln script prerm; ln -s . here
      ${packing}
      tar -cf data.tar --files-from=/dev/null; gzip control.tar; gzip data.tar; printf odd | tee ${beside.join(' ')} >/dev/null
      ar rc it.deb debian-binary ${beside.join(' ')} control.tar.gz data.tar.gz`;
    execFileSync('sh', ['-c', script], { cwd: root });
    const deb = join(root, 'it.deb');
    const asDpkg = execFileSync('dpkg-deb', ['-f', deb], { encoding: 'latin1', stdio: 'pipe' });
    return { bytes: await readFile(deb), asDpkg };
  };

  for (const [name, packing] of [
    ['gnu-ar', 'tar -cf control.tar ./control'],
    ['links', 'tar -cf control.tar ./control ./script ./postinst ./prerm'],
    ['pax', 'tar --format=pax --pax-option=comment=it -cf control.tar ./control ./script ./postinst'],
    [
      'long',
      `long=$(printf 'm%0120d'); ln -s $long templates; echo >$long; tar -cf control.tar $long templates control`,
    ],
  ] as const)
    it(`is read as dpkg-deb reads it, made otherwise: ${name}`, async () => {
      const { bytes, asDpkg } = await by(name, packing);
      assert.match(asDpkg, /^Package: hello\n/);
      assert.equal(await control(bytes), asDpkg);
    });

  it('is read past members that deb(5) lets pass over, and no others', async () => {
    const plainly = 'tar -cf control.tar control';
    const { bytes, asDpkg } = await by('underscores', plainly, ['_one', '_gpgorigin']);
    assert.match(asDpkg, /^Package: hello\n/);
    assert.equal(await control(bytes), asDpkg);
    await assert.rejects(by('unknown', plainly, ['one']), /premature member 'one'/);
    const unknown = await readFile(join(folder, 'unknown', 'it.deb'));
    await assert.rejects(control(unknown), /packed in no way that is read here: one/);
    const endless = Buffer.from(bytes.toString('latin1').replace(/^(_one.{44})3 {2}/m, '$1-60'), 'latin1');
    assert.notDeepEqual(endless, bytes);
    await assert.rejects(control(endless), /it is no binary package/);
  });

  for (const [name, packing] of [
    ['through a link', 'tar --transform=s,^other,here, -cf control.tar control here other/control'],
    [
      'by a header of pax',
      'cp other/control it; tar -cf control.tar control; tar --format=pax --pax-option=path:=control -cf it.tar it; tar -Af control.tar it.tar',
    ],
  ] as const)
    it(`is none where dpkg-deb reads another control file ${name}`, async () => {
      const { bytes, asDpkg } = await by(name, packing);
      assert.match(asDpkg, /^Package: other\n/);
      await assert.rejects(control(bytes), /other than one control file/);
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
  after(() => removeFolder(folder));

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
