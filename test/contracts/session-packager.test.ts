import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { sessionPackager } from '../../src/adapters/source-packager/session-packager.ts';
import type { FileName, StoredFile } from '../../src/domain/debian/names.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { SessionOrder, SessionResult, Sessions } from '../../src/ports/sessions.ts';
import { amd64, trixie } from '../support/fixed-examples.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { run } from '../system/support/programs.ts';
import { sourcePackagerContract } from './source-packager.ts';

sourcePackagerContract('by the procedure repack-source', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-packager-'));
  const files = fileStore(join(folder, 'files'));
  const [good, bad] = [
    await sourcePackage(join(folder, 'good'), ''),
    await sourcePackage(join(folder, 'bad'), outOfTree),
  ];
  return {
    packager: sessionPackager(hereAndNow(files, folder)),
    files,
    codename: trixie,
    architecture: amd64,
    hello: () => adopted(good, files),
    damaged: () => adopted(bad, files),
    stop: () => removeFolder(folder),
  };
});

const procedures = resolve(import.meta.dirname, '../../ops/sessions');

/** Runs procedures of ours as they stand, on sources of ours, in a folder instead of a chroot. */
const hereAndNow = (files: FileStore, folder: string): Sessions => ({
  run: async (order) => {
    const at = await mkdtemp(join(folder, 'session-'));
    for (const name of ['source', 'output']) await mkdir(join(at, name));
    for (const { name, sha256 } of order.files) await copyFile(await files.path(sha256), join(at, 'source', name));
    for (const { name, text } of order.texts) await writeFile(join(at, 'source', name), text);
    const { status, stdout, stderr } = spawnSync(join(procedures, order.procedure), { cwd: at, encoding: 'utf8' });
    return resultOf(order, status, stdout, stderr, join(at, 'output'), files);
  },
});

const resultOf = async (
  { logName }: SessionOrder,
  status: number | null,
  printed: string,
  complaints: string,
  output: string,
  files: FileStore,
): Promise<SessionResult> => {
  const log = await files.put(logName, Readable.from([Buffer.from(printed)]));
  if (status === 65) return { outcome: 'refused', fact: printed.trimEnd().split('\n').at(-1) ?? '', log };
  if (status !== 0) throw new Error(`${status}: ${printed}${complaints}`);
  const names = readdirSync(output) as FileName[];
  return { outcome: 'done', files: await Promise.all(names.map((name) => files.adopt(name, join(output, name)))), log };
};

/** A patch that would write beside the tree: `dpkg-source` refuses it. */
const outOfTree = '--- a/../../outside\n+++ b/../../outside\n@@ -0,0 +1 @@\n+outside\n';

/** hello 2.10-3 as a source package of format 3.0 (quilt), perhaps with a patch. Returns its folder. */
const sourcePackage = async (folder: string, patch: string): Promise<string> => {
  const tree = join(folder, 'hello-2.10');
  mkdirSync(join(tree, 'debian/source'), { recursive: true });
  writeFileSync(join(tree, 'hello.txt'), 'hello\n');
  await run('tar', ['-C', folder, '-czf', join(folder, 'hello_2.10.orig.tar.gz'), 'hello-2.10/hello.txt']);
  const files = {
    'source/format': '3.0 (quilt)\n',
    control:
      'Source: hello\nMaintainer: J. Doe <jdoe@example.org>\nSection: misc\nPriority: optional\nStandards-Version: 4.6.2\n\nPackage: hello\nArchitecture: all\nDescription: says hello\n',
    changelog: ['2.10-3', '2.10-2'].map(changelogEntry).join(''),
    rules: '#!/usr/bin/make -f\n%:\n\ttrue\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(tree, 'debian', name), text);
  await run('dpkg-source', ['--build', 'hello-2.10'], { cwd: folder });
  if (patch !== '') await withPatch(folder, tree, patch);
  rmSync(tree, { recursive: true });
  return folder;
};

const changelogEntry = (version: string): string =>
  `hello (${version}) unstable; urgency=medium\n\n  * Said hello.\n\n -- J. Doe <jdoe@example.org>  Sat, 21 Nov 2026 10:15:00 +0000\n\n`;

/** Packed by hand: dpkg-source would not make what it refuses to unpack. */
const withPatch = async (folder: string, tree: string, patch: string): Promise<void> => {
  mkdirSync(join(tree, 'debian/patches'));
  writeFileSync(join(tree, 'debian/patches/series'), 'outside.patch\n');
  writeFileSync(join(tree, 'debian/patches/outside.patch'), patch);
  const tar = 'hello_2.10-3.debian.tar.xz';
  await run('tar', ['-C', tree, '-cJf', join(folder, tar), 'debian']);
  const dsc = join(folder, 'hello_2.10-3.dsc');
  const text = await run('cat', [dsc]);
  const head = text.slice(0, text.indexOf('Checksums-Sha1:'));
  const lines = ['Checksums-Sha1', 'Checksums-Sha256', 'Files'].map(async (field) => {
    const program = { 'Checksums-Sha1': 'sha1sum', 'Checksums-Sha256': 'sha256sum', Files: 'md5sum' }[field] ?? '';
    const listed = await Promise.all(
      ['hello_2.10.orig.tar.gz', tar].map(async (name) => {
        const [digest] = (await run(program, [join(folder, name)])).split(' ');
        const size = (await run('stat', ['-c', '%s', join(folder, name)])).trim();
        return ` ${digest} ${size} ${name}\n`;
      }),
    );
    return `${field}:\n${listed.join('')}`;
  });
  writeFileSync(dsc, head + (await Promise.all(lines)).join(''));
};

const adopted = async (folder: string, files: FileStore): Promise<readonly StoredFile[]> => {
  const names = readdirSync(folder).sort((a, b) => Number(b.endsWith('.dsc')) - Number(a.endsWith('.dsc')));
  return Promise.all(names.map((name) => files.adopt(name as FileName, join(folder, name))));
};
