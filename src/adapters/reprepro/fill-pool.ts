import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashFile } from '../../disk/hash-file.ts';
import { ifGone } from '../../disk/if-gone.ts';
import { type PoolFile, poolFiles } from '../../domain/archive/pool-path.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import { gently } from './breath.ts';
import type { Disk } from './disk.ts';
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
  await disk.makeFolder(pool);
  const come: PoolFile[] = [];
  let next: PoolFile[] = [];
  for (const versions of (await bySource(holds)).values()) {
    next.push(...filesOf(versions));
    if (next.length < together) continue;
    come.push(...(await linkIn(next, base, files, disk)));
    next = [];
  }
  come.push(...(await linkIn(next, base, files, disk)));
  if (come.length > 0) await disk.syncAll(foldersAbove(come).map((folder) => join(base, folder)));
};

/** Files whose names are made at once: so many are soon told to the thread that makes them. */
const together = 500;

/** Each once. Rejects when two of one publication claim one name. */
const filesOf = (versions: readonly HeldVersion[]): readonly PoolFile[] => {
  const first = new Map<string, PoolFile>();
  for (const each of versions.flatMap(poolFiles)) {
    const twin = first.get(each.path);
    if (twin === undefined) first.set(each.path, each);
    else if (twin.file.sha256 !== each.file.sha256) throw conflict(each.path, twin.file.sha256, each.file.sha256);
  }
  return [...first.values()];
};

/** Versions of one source share a folder of the pool, and those of two never do: so nobody need remember all names there are. */
const bySource = async (holds: readonly HeldVersion[]): Promise<ReadonlyMap<string, readonly HeldVersion[]>> => {
  const sources = new Map<string, HeldVersion[]>();
  await gently(holds, (held) => {
    const there = sources.get(held.source);
    if (there === undefined) sources.set(held.source, [held]);
    else there.push(held);
  });
  return sources;
};

/** Says which of them are new. */
const linkIn = async (
  wanted: readonly PoolFile[],
  base: string,
  files: FileStore,
  disk: Disk,
): Promise<readonly PoolFile[]> => {
  const links = await inParallel(8, wanted, async ({ path, file }) => ({
    from: await files.path(file.sha256),
    to: join(base, path),
  }));
  const joined = await disk.join(links);
  const others = wanted.filter((_, at) => joined[at] === 'other');
  const copied = await inParallel(4, others, (file) => copy(base, file, files, disk));
  return [...wanted.filter((_, at) => joined[at] === 'new'), ...others.filter((_, at) => copied[at])];
};

/** What is no link of the file store's: there already with the same bytes, or to be copied, where links cannot be. Says whether it was. */
const copy = async (base: string, { path, file }: PoolFile, files: FileStore, disk: Disk): Promise<boolean> => {
  const to = join(base, path);
  const there = await lstat(to).catch(ifGone);
  if (there !== undefined) {
    const found = there.isFile() ? await hashFile(to) : 'not a file';
    if (found === file.sha256) return false;
    throw conflict(path, found, file.sha256);
  }
  await disk.makeFolder(dirname(to));
  await files.link(file.sha256, to);
  await disk.sync(to);
  return true;
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
