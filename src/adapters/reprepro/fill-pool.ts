import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type PoolFile, poolFiles } from '../../domain/archive/pool-path.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import type { Disk } from './disk.ts';
import { hashFile } from './hash-file.ts';
import { inParallel } from './in-parallel.ts';
import { PublishRefused } from './publish-refused.ts';

/**
 * Gives every file of these versions its name in the pool, a hard link into the file store, and makes the names durable. A
 * name that is there keeps its bytes: apt may have been told of them. Rejects with `pool-conflict` when they are others.
 */
export const fillPool = async (
  { base, pool }: ArchiveFolder,
  holds: readonly HeldVersion[],
  files: FileStore,
  disk: Disk,
): Promise<void> => {
  const wanted = [
    ...new Map(holds.flatMap(poolFiles).map((file) => [`${file.path} ${file.file.sha256}`, file])).values(),
  ];
  const absent = (
    await inParallel(8, wanted, async (file) => ((await isThere(base, file, files)) ? [] : [file]))
  ).flat();
  await disk.makeFolder(pool);
  await inParallel(8, foldersAbove(absent), (folder) => disk.makeFolder(join(base, folder)));
  for (const { path, file, twin } of withTwins(absent)) {
    if (twin !== undefined) throw conflict(path, twin, file.sha256);
  }
  await inParallel(8, absent, ({ path, file }) => files.link(file.sha256, join(base, path)));
  await inParallel(8, absent, (file) => syncCopy(base, file, files, disk));
  await inParallel(8, foldersAbove(absent), (folder) => disk.sync(join(base, folder)));
};

/** Two files of one publication that claim one name. */
const withTwins = (files: readonly PoolFile[]) => {
  const first = new Map<string, string>();
  return files.map((file) => {
    const twin = first.get(file.path);
    first.set(file.path, file.file.sha256);
    return { ...file, twin };
  });
};

const isThere = async (base: string, { path, file }: PoolFile, files: FileStore): Promise<boolean> => {
  const [there, ours] = await Promise.all([look(join(base, path)), files.path(file.sha256).then((own) => lstat(own))]);
  if (there === undefined) return false;
  if (there.dev === ours.dev && there.ino === ours.ino) return true;
  const found = there.isFile() ? await hashFile(join(base, path)) : 'not a file';
  if (found === file.sha256) return true;
  throw conflict(path, found, file.sha256);
};

/** A hard link is as durable as the file store says the file is; a copy, made where links cannot be, is not yet. */
const syncCopy = async (base: string, { path, file }: PoolFile, files: FileStore, disk: Disk): Promise<void> => {
  const [there, ours] = await Promise.all([lstat(join(base, path)), files.path(file.sha256).then((own) => lstat(own))]);
  if (there.ino !== ours.ino || there.dev !== ours.dev) await disk.sync(join(base, path));
};

const look = async (path: string): Promise<Stats | undefined> => {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const conflict = (path: string, found: string, wanted: string): PublishRefused =>
  new PublishRefused(
    'pool-conflict',
    `${path} holds ${found} and would have to become ${wanted}`,
    'a name once published keeps its bytes: use another version',
  );

/** Outermost first, from `pool` on. */
const foldersAbove = (files: readonly PoolFile[]): readonly string[] => {
  const folders = new Set<string>();
  for (const { path } of files)
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder);
  return [...folders].sort();
};
