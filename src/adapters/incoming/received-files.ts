import { lstat, mkdir, open, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncPath } from '../../disk/sync-path.ts';
import { FileName, Sha256 } from '../../domain/debian/names.ts';
import type { ReceivedFile } from '../../ports/incoming.ts';
import type { PartialFile } from './partial-file.ts';

/**
 * Incoming on disk. `partial/` holds files on their way, under random names; `received/SHA256/NAME` holds what came in
 * whole, so that two files of one name never meet, and the same file again is the same file. A file is synced before
 * it moves there and the folders after, hence what stands below `received/` is whole whenever the power fails, and what
 * was answered 226 stands there until it is dropped.
 */
export const partialFolder = (folder: string): string => join(folder, 'partial');
const receivedFolder = (folder: string): string => join(folder, 'received');

/** A file that lies in incoming; `receivedAt` in milliseconds since 1970. */
export type IncomingFile = Omit<ReceivedFile, 'session' | 'door'> & { readonly receivedAt: number };

/** All that came in whole and has not been dropped, oldest first: what a start has to remember again. */
export const listIncoming = async (folder: string): Promise<readonly IncomingFile[]> => {
  const found: IncomingFile[] = [];
  for (const sha256 of (await namesIn(receivedFolder(folder))).filter(Sha256.is))
    for (const name of (await namesIn(join(receivedFolder(folder), sha256))).filter(FileName.is)) {
      const path = join(receivedFolder(folder), sha256, name);
      const present = await lstat(path).catch(absent);
      if (present?.isFile()) found.push({ name, path, size: present.size, sha256, receivedAt: present.mtimeMs });
    }
  return found.sort((one, other) => one.receivedAt - other.receivedAt);
};

/** Removes a file for good, once an event or a verdict holds what it was. A file already gone is fine. */
export const dropIncoming = async (
  folder: string,
  { name, sha256 }: Pick<ReceivedFile, 'name' | 'sha256'>,
): Promise<void> => {
  const path = join(receivedFolder(folder), sha256, name);
  await unlink(path).catch(absent);
  await removeEmpty(dirname(path));
  await syncPath(receivedFolder(folder));
};

/** Makes the folders, and sweeps what a crash left: files cut off on their way, folders whose file was dropped. */
export const openIncoming = async (folder: string): Promise<void> => {
  await mkdir(receivedFolder(folder), { recursive: true });
  await rm(partialFolder(folder), { recursive: true, force: true });
  await mkdir(partialFolder(folder));
  for (const name of await namesIn(receivedFolder(folder))) await removeEmpty(join(receivedFolder(folder), name));
  await syncPath(folder);
  await syncPath(dirname(folder));
};

/** The path of a file with these bytes, under any name. */
export const findReceived = async (folder: string, sha256: Sha256): Promise<string | undefined> => {
  const [name] = (await namesIn(join(receivedFolder(folder), sha256))).filter(FileName.is);
  return name === undefined ? undefined : join(receivedFolder(folder), sha256, name);
};

/**
 * What another incoming received at `receivedAt` lies here as well, durably; `bring` gives the path of a file with its bytes on the same file
 * system, which is ours then.
 */
export const keepReceived = async (
  folder: string,
  { name, sha256, receivedAt }: Pick<IncomingFile, 'name' | 'sha256' | 'receivedAt'>,
  bring: () => Promise<string>,
): Promise<void> => {
  await mkdir(receivedFolder(folder), { recursive: true });
  const place = join(receivedFolder(folder), sha256);
  if ((await lstat(join(place, name)).catch(absent)) === undefined) {
    const brought = await bring();
    await receivedOn(brought, receivedAt);
    await keep(folder, { move: (to) => rename(brought, to) }, { name, sha256 });
  } else await receivedOn(join(place, name), receivedAt);
  // Also of what an earlier try left: its names may not be durable yet.
  await allDone([place, receivedFolder(folder), folder, dirname(folder)].map(syncPath));
};

const receivedOn = async (path: string, receivedAt: number): Promise<void> => {
  const handle = await open(path, 'r+');
  try {
    await handle.utimes(receivedAt / 1000, receivedAt / 1000);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Moves a synced file to its place, durably. `fresh` says that it was not there before. */
export const keep = async (
  folder: string,
  file: Pick<PartialFile, 'move'>,
  { name, sha256 }: Pick<ReceivedFile, 'name' | 'sha256'>,
): Promise<{ readonly path: string; readonly fresh: boolean }> => {
  const place = join(receivedFolder(folder), sha256);
  const path = join(place, name);
  const fresh = (await lstat(path).catch(absent)) === undefined;
  await moveInto(file, path);
  await allDone([syncPath(place), syncPath(receivedFolder(folder))]);
  return { path, fresh };
};

/** A drop of another file with the same bytes may remove the folder between our making it and our moving into it. */
const moveInto = async (file: Pick<PartialFile, 'move'>, path: string, attempts = 5): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  try {
    await file.move(path);
  } catch (error) {
    if (code(error) !== 'ENOENT' || attempts === 1) throw error;
    await moveInto(file, path, attempts - 1);
  }
};

/** Waits for all, also when one fails. */
const allDone = async (work: readonly Promise<void>[]): Promise<void> => {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
};

const code = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

const absent = (error: unknown): undefined => {
  if (!['ENOENT', 'ENOTDIR'].includes(String(code(error)))) throw error;
};

const namesIn = async (folder: string): Promise<readonly string[]> => (await readdir(folder).catch(absent)) ?? [];

const removeEmpty = async (folder: string): Promise<void> => {
  try {
    await rmdir(folder);
  } catch (error) {
    if (code(error) === 'ENOTEMPTY') await syncPath(folder);
    else absent(error);
  }
};
