import { createWriteStream, type Stats } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Sha256, type StoredFile } from '../../../domain/debian/names.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import type { ShelfPlace, Shelves } from '../../../ports/shelf.ts';
import { plainBytes, plainName } from '../stored-text.ts';
import { fileText, type LogText } from './log-text.ts';

/** Stored logs as files that can be read anywhere. Rejects when the store lacks the log, or it is damaged. */
export type ExpandedLogs = (file: StoredFile) => Promise<LogText>;

export type LogCache = {
  readonly open: ExpandedLogs;
  /** The same store: what is removed from it is not kept here any longer either. */
  readonly files: FileStore;
};

/** What may lie in the folder, in bytes. Whatever was not looked at for longest goes first. */
const defaultCapacity = 1024 ** 3;

/**
 * A log is kept compressed, and such a file is read from its beginning only: who looks into the middle of one has it expanded once into
 * `folder`, from where it may vanish at any time and comes back when it is wanted. A file there has the hash of what it was
 * made of for a name, and gets that name when it is whole: what a crash leaves is not mistaken for a log. What the store has no more,
 * because it was withdrawn, is gone from here too: at once, also while it is expanded, and at the next start where a crash came between.
 */
export const expandedLogs = (
  folder: string,
  files: FileStore,
  shelves: Shelves,
  capacity = defaultCapacity,
): LogCache => {
  const underWay = new Map<Sha256, Promise<LogText>>();
  const place = placeIn(folder);
  // Who opened one reads on, and says so when it went away: nothing has to stay for them.
  const shelf = shelves(place, { capacity, justUsed: 0 });

  const expand = async (file: StoredFile): Promise<LogText> => {
    const path = wholeIn(folder, file.sha256);
    shelf.use(file.sha256);
    const known = await fileText(path).catch(() => undefined);
    if (known !== undefined) {
      // The next start sees by this what was used when.
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return known;
    }
    await fill(path, await plainBytes(files, file));
    // Withdrawn while it was read.
    if (!(await files.has(file.sha256))) await place.remove(file.sha256);
    await shelf.measure(file.sha256);
    await shelf.makeRoom((sha256) => underWay.has(sha256));
    return fileText(path);
  };
  const open: ExpandedLogs = async (file) => {
    if (plainName(file.name) === file.name) return fileText(await files.path(file.sha256));
    const known = underWay.get(file.sha256);
    if (known !== undefined) return known;
    const expanding = expand(file).finally(() => underWay.delete(file.sha256));
    underWay.set(file.sha256, expanding);
    return expanding;
  };
  const remove = async (sha256: Sha256): Promise<void> => {
    await files.remove(sha256);
    // A store that fetches may have it still: what comes of it goes as soon as it is there.
    await underWay.get(sha256)?.catch(() => undefined);
    await shelf.remove(sha256);
  };
  void removeForeign(place, files).catch(() => undefined);
  return { open, files: { ...files, remove } };
};

const fill = async (path: string, bytes: Readable): Promise<void> => {
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await pipeline(bytes, createWriteStream(part, { mode: 0o640 }));
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
};

const wholeIn = (folder: string, sha256: Sha256): string => join(folder, `${sha256}.log`);

const placeIn = (folder: string): ShelfPlace => {
  const both = (sha256: Sha256) => [wholeIn(folder, sha256), `${wholeIn(folder, sha256)}.part`];
  return {
    list: async () => {
      const names = await readdir(folder).catch(() => []);
      const found = new Set(names.map((name) => name.replace(/\.log(?:\.part)?$/, '')).filter(Sha256.is));
      const used = await Promise.all([...found].map(async (sha256) => ({ sha256, at: await usedAt(both(sha256)) })));
      return used.toSorted((one, other) => one.at - other.at).map(({ sha256 }) => sha256);
    },
    sizeOf: async (sha256) => {
      const stats = await Promise.all(both(sha256).map(statsOf));
      return stats.reduce((sum, found) => sum + (found?.size ?? 0), 0);
    },
    remove: async (sha256) => {
      for (const path of both(sha256)) await rm(path, { force: true });
    },
  };
};

const usedAt = async (paths: readonly string[]): Promise<number> =>
  Math.max(...(await Promise.all(paths.map(statsOf))).map((found) => found?.mtimeMs ?? 0));

/** Of what went away meanwhile nothing is left. */
const statsOf = (path: string): Promise<Stats | undefined> => stat(path).catch(() => undefined);

/** What was expanded, or was about to be, of logs that the store does not have. */
const removeForeign = async (place: ShelfPlace, files: FileStore): Promise<void> => {
  for (const sha256 of await place.list()) if (!(await files.has(sha256))) await place.remove(sha256);
};
