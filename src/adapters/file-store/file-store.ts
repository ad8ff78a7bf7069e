import { createHash, randomUUID } from 'node:crypto';
import { constants, lstatSync, mkdirSync, readdirSync, rmSync, type Stats, unlinkSync } from 'node:fs';
import { chmod, copyFile, type FileHandle, link, lstat, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncPath, syncPathNow } from '../../disk/sync-path.ts';
import type { FileName, Sha256, StoredFile } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';

/** How files are opened; a test passes one whose disk is full. */
export type OpenFile = (path: string, flags: string | number, mode?: number) => Promise<FileHandle>;

/**
 * Files below `folder`, each at `ab/abcd…` after its SHA-256, mode 0444. A file is written or linked below
 * `incomplete/`, synced, and only then linked to its name, which fails rather than replaces; the folder is synced
 * last. A crash before that link leaves a file in `incomplete/`, a crash after it a second name of a good file: the
 * next start empties `incomplete/`, and whoever asked asks again.
 */
export const fileStore = (folder: string, openFile: OpenFile = open, now: () => number = Date.now): FileStore => {
  const root = resolve(folder);
  const incomplete = join(root, 'incomplete');
  mkdirSync(incomplete, { recursive: true });
  // A folder that was made is durable in the one above, or all in it is not.
  for (const made of [root, dirname(root)]) syncPathNow(made);
  for (const leftover of readdirSync(incomplete)) rmSync(join(incomplete, leftover), { recursive: true });

  const place = (sha256: Sha256): string => join(root, sha256.slice(0, 2), sha256);
  const fanOut = durableFolders(root);
  const fresh = lately(now, freshMs);

  /** Gives the finished, synced file at `from` its name. Several at once with the same bytes all succeed. */
  const publish = async (from: string, sha256: Sha256, size: number): Promise<void> => {
    // First of all: whoever removes either sees this, or is done before the link below.
    fresh.add(sha256);
    await fanOut(sha256.slice(0, 2));
    if (!(await linked(from, place(sha256)))) {
      const present = await lstat(place(sha256));
      if (!present.isFile() || present.size !== size)
        throw new Error(`the file store holds ${present.size} bytes as ${sha256} where there must be ${size}`);
    }
    await syncPath(dirname(place(sha256)));
  };

  /** Runs `work` on a name of its own in `incomplete/`, which is free again afterwards, come what may. */
  const aside = async <Result>(work: (path: string) => Promise<Result>): Promise<Result> => {
    const path = join(incomplete, randomUUID());
    try {
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  };

  const put = async (name: FileName, bytes: AsyncIterable<unknown>): Promise<StoredFile> =>
    aside(async (path) => {
      const { sha256, size } = await write(bytes, await openFile(path, 'wx', 0o600));
      await publish(path, sha256, size);
      return { name, size, sha256 };
    });

  const copy = async (name: FileName, original: string): Promise<StoredFile> => {
    const handle = await openRegular(original, openFile, original);
    try {
      return await put(name, handle.createReadStream({ autoClose: false }));
    } finally {
      await handle.close();
    }
  };

  return {
    put: async (name, bytes) => {
      try {
        return await put(name, bytes);
      } finally {
        bytes.destroy();
      }
    },

    adopt: async (name, path) => {
      const adopted = await aside(async (own) => {
        if (!(await linkedHere(path, own))) return undefined;
        const found = await readOwned(own, openFile, path);
        if (found === undefined) return undefined;
        await publish(own, found.sha256, found.size);
        return { name, ...found };
      });
      return adopted ?? copy(name, path);
    },

    path: async (sha256) => {
      if (!(await isThere(place(sha256)))) throw new Error(`the file store has no file ${sha256}`);
      return place(sha256);
    },

    has: (sha256) => isThere(place(sha256)),

    remove: async (sha256) => {
      if (!(await isThere(place(sha256)))) return;
      await rm(place(sha256), { force: true });
      await syncPath(dirname(place(sha256)));
    },

    letGo: async (sha256) => {
      if (fresh.has(sha256)) return 'fresh';
      // In one go, so that nobody puts the same bytes here in between.
      const stats = lstatSync(place(sha256), { throwIfNoEntry: false });
      if (stats === undefined) return 0;
      unlinkSync(place(sha256));
      return stats.size;
    },

    link: async (sha256, target) => {
      const source = place(sha256);
      if (!(await isThere(source))) throw new Error(`the file store has no file ${sha256}`);
      await mkdir(dirname(target), { recursive: true });
      if (await linkedOrCopied(source, target)) return;
      if (!(await sameBytes(source, target, sha256, openFile)))
        throw new Error(`${target} is there already and its bytes are not those of ${sha256}`);
    },
  };
};

const freshMs = 3_600_000;

/** What was seen within the last `milliseconds`. */
const lately = (now: () => number, milliseconds: number) => {
  const seen = new Map<string, number>();
  return {
    add: (key: string): void => {
      seen.delete(key);
      seen.set(key, now());
      for (const [oldest, at] of seen) {
        if (now() - at < milliseconds) break;
        seen.delete(oldest);
      }
    },
    has: (key: string): boolean => now() - (seen.get(key) ?? Number.NEGATIVE_INFINITY) < milliseconds,
  };
};

/** Makes a folder below `root` durable once a process; all who ask meanwhile wait for the same sync. */
const durableFolders = (root: string): ((name: string) => Promise<void>) => {
  const made = new Map<string, Promise<void>>();
  const make = async (name: string): Promise<void> => {
    await mkdir(join(root, name), { recursive: true });
    await syncPath(root);
  };
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const making = make(name);
    made.set(name, making);
    making.catch(() => made.delete(name));
    return making;
  };
};

type Content = { readonly sha256: Sha256; readonly size: number };

/** Bytes gathered before each write: few enough to keep in memory for many at once, enough to cost few calls. */
const batch = 256 * 1024;

/** Writes, hashes and syncs a stream; the handle is closed in any case. */
const write = async (bytes: AsyncIterable<unknown>, handle: FileHandle): Promise<Content> => {
  const hash = createHash('sha256');
  let size = 0;
  let waiting: Buffer[] = [];
  let held = 0;
  const flush = async (): Promise<void> => {
    const together = Buffer.concat(waiting);
    waiting = [];
    held = 0;
    await handle.writeFile(together);
  };
  try {
    for await (const piece of bytes) {
      const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece as Uint8Array | string);
      hash.update(chunk);
      size += chunk.length;
      held += chunk.length;
      waiting.push(chunk);
      if (held >= batch) await flush();
    }
    await flush();
    await handle.chmod(0o444);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex') as Sha256, size };
};

/** Opens a regular file and nothing else: no link is followed, no pipe is waited for. An error calls it `known`. */
const openRegular = async (path: string, openFile: OpenFile, known: string): Promise<FileHandle> => {
  const handle = await openFile(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw code(error) === 'ELOOP' ? new Error(`${known} is not a regular file`) : error;
    },
  );
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Error(`${known} is not a regular file`);
};

/**
 * Hashes a file that was linked here, makes it read-only and syncs it. `undefined` when it belongs to another user,
 * who could change it later: such a file is copied. Rejects when it changed while it was read.
 */
const readOwned = async (path: string, openFile: OpenFile, known: string): Promise<Content | undefined> => {
  const handle = await openRegular(path, openFile, known);
  try {
    const before = await handle.stat();
    if (before.uid !== process.geteuid?.()) return undefined;
    const content = await hashed(handle);
    const after = await handle.stat();
    if (before.mtimeMs !== after.mtimeMs || content.size !== after.size)
      throw new Error(`${known} changed while it was read`);
    await handle.chmod(0o444);
    await handle.sync();
    return content;
  } finally {
    await handle.close();
  }
};

const hashed = async (handle: FileHandle): Promise<Content> => {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false, highWaterMark: batch })) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex') as Sha256, size };
};

const sameBytes = async (source: string, target: string, sha256: Sha256, openFile: OpenFile): Promise<boolean> => {
  const [there, ours] = await Promise.all([lstat(target), lstat(source)]);
  if (!there.isFile() || there.size !== ours.size) return false;
  if (sameInode(there, ours)) return true;
  const handle = await openRegular(target, openFile, target);
  try {
    return (await hashed(handle)).sha256 === sha256;
  } finally {
    await handle.close();
  }
};

const sameInode = (one: Stats, other: Stats): boolean => one.dev === other.dev && one.ino === other.ino;

const code = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

/** Hard-links; false when there is something at `to` already. */
const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (code(error) === 'EEXIST') return false;
    throw error;
  }
};

/** What a hard link is refused for, where a copy still works: another file system, too many links, not our file. */
const needsCopy = (error: unknown): boolean => ['EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP'].includes(String(code(error)));

/** Hard-links; false where the file system or the file's owner allows only a copy. */
const linkedHere = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (needsCopy(error)) return false;
    throw error;
  }
};

/** False when there is something at `target` already. A copy appears whole or not at all. */
const linkedOrCopied = async (source: string, target: string): Promise<boolean> => {
  try {
    return await linked(source, target);
  } catch (error) {
    if (!needsCopy(error)) throw error;
  }
  const beside = `${target}.${randomUUID()}`;
  try {
    await copyFile(source, beside, constants.COPYFILE_EXCL);
    await chmod(beside, 0o444);
    await syncPath(beside);
    return await linked(beside, target);
  } finally {
    await rm(beside, { force: true });
  }
};

const isThere = async (path: string): Promise<boolean> => {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (code(error) === 'ENOENT') return false;
    throw error;
  }
};
