import { link, lstat, mkdir, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncPath } from '../../disk/sync-path.ts';
import type { Joined, Link } from './archive-orders.ts';
import { inParallel } from './in-parallel.ts';
import type { Thread } from './thread.ts';

/** Every change the publisher makes to the disk; a test passes one that ends between any two. */
export interface Disk extends SingleChanges {
  /** Many at once, in their order. */
  readonly makeFolders: (paths: readonly string[]) => Promise<void>;
  readonly linkAll: (links: readonly Link[]) => Promise<void>;
  /** Links that may be there already, with the folders above them; says of each what came of it. */
  readonly join: (links: readonly Link[]) => Promise<readonly Joined[]>;
  readonly syncAll: (paths: readonly string[]) => Promise<void>;
  /** The same as `remove`, for a folder of hundreds. */
  readonly removeTree: (path: string) => Promise<void>;
}

export interface SingleChanges {
  readonly makeFolder: (path: string) => Promise<void>;
  /** Rejects with `EEXIST` where something is there. */
  readonly makeNewFolder: (path: string) => Promise<void>;
  /** A new file, synced. Its name is durable only when its folder is synced too. */
  readonly write: (path: string, bytes: string | Uint8Array) => Promise<void>;
  /** A new file, synced later or never. */
  readonly jot: (path: string, bytes: Uint8Array) => Promise<void>;
  /** A new file that `work` writes, synced later. */
  readonly make: <Made>(path: string, work: () => Promise<Made>) => Promise<Made>;
  /** At the end of a file that may be torn by a crash. */
  readonly append: (path: string, bytes: Uint8Array) => Promise<void>;
  readonly link: (from: string, to: string) => Promise<void>;
  readonly symlink: (target: string, path: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  /** With everything below; what is not there is removed already. */
  readonly remove: (path: string) => Promise<void>;
  /** `fsync` of a file, or of the names in a folder. */
  readonly sync: (path: string) => Promise<void>;
}

/** What is many goes to a thread. */
export const localDisk = (thread: Thread): Disk => ({
  ...singleChanges,
  makeFolders: (paths) => thread.run({ kind: 'make-folders', paths }),
  linkAll: (links) => thread.run({ kind: 'link', links }),
  join: thread.join,
  syncAll: (paths) => thread.run({ kind: 'sync', paths }),
  removeTree: (path) => thread.run({ kind: 'remove', path }),
});

/** What is many is done one by one. */
export const oneByOne = (changes: SingleChanges): Disk => ({
  ...changes,
  makeFolders: async (paths) => void (await inParallel(1, paths, changes.makeFolder)),
  linkAll: async (links) => void (await inParallel(1, links, ({ from, to }) => changes.link(from, to))),
  join: (links) => inParallel(1, links, (each) => joinOne(each, changes)),
  syncAll: async (paths) => void (await inParallel(1, paths, changes.sync)),
  removeTree: changes.remove,
});

const joinOne = async ({ from, to }: Link, changes: SingleChanges): Promise<Joined> => {
  const [ours, there] = await Promise.all([from, to].map((path) => lstat(path).catch(() => undefined)));
  if (there !== undefined) return ours?.ino === there.ino && ours.dev === there.dev ? 'there' : 'other';
  await changes.makeFolder(dirname(to));
  await changes.link(from, to);
  return 'new';
};

export const singleChanges: SingleChanges = {
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
  makeNewFolder: (path) => mkdir(path),
  write: async (path, bytes) => {
    const handle = await open(path, 'wx', 0o644);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  jot: (path, bytes) => writeFile(path, bytes, { flag: 'wx' }),
  make: (_, work) => work(),
  append: async (path, bytes) => {
    const handle = await open(path, 'a', 0o644);
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
  },
  link,
  symlink: (target, path) => symlink(target, path),
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  sync: syncPath,
};
