import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncPath } from './sync-path.ts';

export type Content = string | Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Puts a file at `path`, in the place of what is there: whenever the power fails there is the old one or the new one, whole. A crash leaves at most a
 * file that `isAside`, which nothing reads.
 */
export const replaceFile = async (path: string, content: Content, mode: number): Promise<void> => {
  await aside(path, content, mode, (from) => rename(from, path));
  await syncPath(dirname(path));
};

/** The same where nothing may be there: of two at once one wins. Says whether it was this one. */
export const createFile = async (path: string, content: Content, mode: number): Promise<boolean> => {
  const isNew = await aside(path, content, mode, (from) => linkNew(from, path));
  await syncPath(dirname(path));
  return isNew;
};

/** Being written, or left by who was interrupted. */
export const isAside = (name: string): boolean => name.endsWith('.new');

/** A new file with just this mode, synced. Its name is durable only when its folder is synced too. */
export const writeSynced = async (path: string, content: Content, mode: number): Promise<void> => {
  const file = await open(path, 'wx', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
};

const aside = async <Named>(
  path: string,
  content: Content,
  mode: number,
  name: (from: string) => Promise<Named>,
): Promise<Named> => {
  const from = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    await writeSynced(from, content, mode);
    return await name(from);
  } finally {
    await rm(from, { force: true });
  }
};

const linkNew = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};
