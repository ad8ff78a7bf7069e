import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packedControl, unpackedControls } from '../../../src/adapters/reprepro/deb-control.ts';
import { type Run, runProgram } from '../../../src/adapters/reprepro/run-program.ts';
import { makeBinaryPackage } from '../../support/deb.ts';
import { removeFolder } from '../../support/remove-folder.ts';

describe('the control file of a binary package', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deb-control-'));
  });
  after(() => removeFolder(folder));

  /** The same package as dpkg-deb compresses it. */
  const repacked = async (name: string, compression: 'xz' | 'gzip' | 'zstd'): Promise<string> => {
    const [from, tree, to] = ['', '-tree', `-${compression}.deb`].map((end) => join(folder, `${name}${end}`));
    const made = await makeBinaryPackage(join(`${from}`), { package: name, version: '1', description: `für ${name}` });
    await runProgram('dpkg-deb', ['--raw-extract', made, `${tree}`]);
    const ran = await runProgram('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '-b', `${tree}`, `${to}`]);
    assert.equal(ran.code, 0, ran.stderr);
    return `${to}`;
  };
  const asDpkg = async (path: string) => (await runProgram('dpkg-deb', ['--field', path])).stdout.toString('latin1');

  it('is read as dpkg-deb reads it, however it is compressed, with at most one process for all', async () => {
    const paths = [
      await repacked('one', 'xz'),
      await repacked('two', 'gzip'),
      await repacked('three', 'xz'),
      await makeBinaryPackage(folder, { package: 'four', version: '1', compression: 'zst' }),
      await makeBinaryPackage(folder, { package: 'five', version: '1', compression: 'none' }),
      await repacked('six', 'zstd'),
    ];
    const ran: string[] = [];
    const run: Run = (program, args, stdin, most) => {
      ran.push(program);
      return runProgram(program, args, stdin, most);
    };
    assert.deepEqual(await unpackedControls(paths.map(packedControl), run), await Promise.all(paths.map(asDpkg)));
    assert.deepEqual(ran, ['xz']);
  });

  it('is left to dpkg-deb when the package is torn, or anything but what dpkg-deb writes', async () => {
    const whole = await readFile(await repacked('seven', 'xz'));
    const broken: readonly Buffer[] = [
      Buffer.alloc(0),
      whole.subarray(0, 100),
      whole.subarray(0, 200),
      Buffer.from(whole.toString('latin1').replace('debian-binary', 'debian-binarx'), 'latin1'),
      Buffer.from(whole.toString('latin1').replace('control.tar.xz', 'control.tar.lz'), 'latin1'),
      Buffer.from(whole.toString('latin1').replace('2.0\n', '9.0\n'), 'latin1'),
      whole.fill(0x41, 150, 170),
    ];
    const paths = await Promise.all(
      broken.map(async (bytes, at) => {
        const path = join(folder, `broken${at}.deb`);
        await writeFile(path, bytes);
        return path;
      }),
    );
    assert.deepEqual(
      await unpackedControls(paths.map(packedControl), runProgram),
      paths.map(() => undefined),
    );
  });

  it('is bounded: a program that writes more than it may is ended', async () => {
    await assert.rejects(runProgram('cat', [], 'x'.repeat(200_000), 1000), /cat was ended by SIGKILL/);
  });
});
