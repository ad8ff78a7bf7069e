import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Sha256, type StoredFile } from '../../../domain/debian/names.ts';
import type { FileStore } from '../../../ports/file-store.ts';
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
 * because it was withdrawn, is gone from here too: at once, and at the next start where a crash came between.
 */
export const expandedLogs = (folder: string, files: FileStore, capacity = defaultCapacity): LogCache => {
  const underWay = new Map<string, Promise<LogText>>();
  const expand = async (file: StoredFile): Promise<LogText> => {
    const path = join(folder, `${file.sha256}.log`);
    const known = await fileText(path).catch(() => undefined);
    if (known !== undefined) {
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return known;
    }
    const bytes = await plainBytes(files, file);
    await mkdir(folder, { recursive: true });
    const part = `${path}.part`;
    try {
      await pipeline(bytes, createWriteStream(part, { mode: 0o640 }));
      await rename(part, path);
    } finally {
      await rm(part, { force: true });
    }
    // Withdrawn while it was read.
    if (!(await files.has(file.sha256))) await rm(path, { force: true });
    await makeRoom(folder, capacity, path);
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
  void removeForeign(folder, files).catch(() => undefined);
  return {
    open,
    files: {
      ...files,
      remove: async (sha256) => {
        await files.remove(sha256);
        await rm(join(folder, `${sha256}.log`), { force: true });
      },
    },
  };
};

/** What was expanded, or was about to be, of logs that the store does not have. */
const removeForeign = async (folder: string, files: FileStore): Promise<void> => {
  for (const name of await readdir(folder)) {
    const sha256 = name.replace(/\.log(?:\.part)?$/, '');
    if (Sha256.is(sha256) && !(await files.has(sha256))) await rm(join(folder, name), { force: true });
  }
};

const makeRoom = async (folder: string, capacity: number, kept: string): Promise<void> => {
  const names = await readdir(folder);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const stats = await stat(path).catch(() => undefined);
      return { path, size: stats?.size ?? 0, usedAt: stats?.mtimeMs ?? 0 };
    }),
  );
  let held = found.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of found.toSorted((one, other) => one.usedAt - other.usedAt)) {
    if (held <= capacity) return;
    if (path === kept || path.endsWith('.part')) continue;
    await rm(path, { force: true });
    held -= size;
  }
};
