import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { ifGone } from '../../disk/if-gone.ts';
import { createFile, isAside } from '../../disk/new-file.ts';
import { isNoSpace } from '../../disk/no-space.ts';
import { KeptPath } from '../../domain/backup/manifest.ts';
import { Sha256 } from '../../domain/debian/names.ts';

/** Below a home; people are one SQLite file, which is written at any time. */
const plainFolders = ['keys', 'hooks.d'];
const peoplePath = 'people/people.sqlite' as KeptPath;

/** Every file of the store in `folder`, with its size in bytes. */
export const storedFiles = async function* (
  folder: string,
): AsyncGenerator<{ readonly sha256: Sha256; readonly size: number }> {
  for (const shelf of (await namesIn(folder)).filter(({ name }) => /^[0-9a-f]{2}$/.test(name))) {
    for (const { name } of await namesIn(join(folder, shelf.name))) {
      const stat = await lstat(join(folder, shelf.name, name)).catch(ifGone);
      if (Sha256.is(name) && stat?.isFile() === true) yield { sha256: name, size: stat.size };
    }
  }
};

/** Opens one of them; `undefined` when it is not there any more. */
export const openStored = async (folder: string, sha256: Sha256): Promise<Readable | undefined> =>
  (await open(join(folder, sha256.slice(0, 2), sha256), 'r').catch(ifGone))?.createReadStream();

/** Keys, hooks and people of a home. What is not called as we call files is passed over. */
export const keptFiles = async function* (
  home: string,
): AsyncGenerator<{ readonly path: KeptPath; readonly mode: number; readonly bytes: Buffer }> {
  for await (const path of filesBelow(home, plainFolders))
    if (KeptPath.is(path)) {
      const file = join(home, path);
      yield { path, mode: (await lstat(file)).mode & 0o777, bytes: await readFile(file) };
    }
  const people = join(home, peoplePath);
  if ((await lstat(people).catch(ifGone)) !== undefined)
    yield { path: peoplePath, mode: 0o600, bytes: await databaseBytes(people) };
};

/** Paths of the regular files in folders of a home and below them, without those that are being written. */
export const filesBelow = async function* (home: string, folders: readonly string[]): AsyncGenerator<string> {
  for (const folder of folders)
    for (const entry of await namesIn(join(home, folder))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) yield* filesBelow(home, [path]);
      else if (entry.isFile() && !isAside(entry.name)) yield path;
    }
};

/** A copy as of now, whoever writes meanwhile. It is made beside the database; where that disk is full, which is no time to be without a backup, elsewhere. */
const databaseBytes = async (file: string): Promise<Buffer> => {
  try {
    return await copiedTo(`${file}.${randomUUID()}.new`, file);
  } catch (error) {
    if (!isNoSpace(error)) throw error;
  }
  const elsewhere = await mkdtemp(join(tmpdir(), 'mini-buildd-people-'));
  try {
    return await copiedTo(join(elsewhere, 'people.sqlite'), file);
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
};

const copiedTo = async (copy: string, file: string): Promise<Buffer> => {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    await backup(db, copy);
    return await readFile(copy);
  } finally {
    db.close();
    for (const each of [copy, `${copy}-journal`]) await rm(each, { force: true });
  }
};

/** Puts a kept file back below `home`, durably. What is there already has to be the same: nothing is replaced. */
export const putBack = async (home: string, path: KeptPath, mode: number, bytes: Buffer): Promise<void> => {
  const file = join(home, path);
  const present = await readFile(file).catch(ifGone);
  if (present?.equals(bytes) === true) return;
  if (present !== undefined)
    throw new Error(`${file} is there, and is not what was backed up: move it away, and restore again`);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  if (!(await createFile(file, bytes, mode))) throw new Error(`${file} came there meanwhile: restore again`);
};

const namesIn = async (folder: string): Promise<readonly Dirent[]> =>
  (await readdir(folder, { withFileTypes: true }).catch(ifGone)) ?? [];
