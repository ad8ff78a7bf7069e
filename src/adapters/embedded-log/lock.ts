import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Makes this process the only writer of `folder` until `release`, or until it dies, however it dies: SQLite holds a
 * lock of the kernel on the file `lock`; that the file exists means nothing. Throws when another process holds it.
 */
export const takeLock = (folder: string): { readonly release: () => void } => {
  const lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw new Error(inUse(folder));
    throw new Error(`${folder} cannot be locked for writing: ${String(error)}`, { cause: error });
  }
  return { release: () => lock.close() };
};

const SQLITE_BUSY = 5;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

const inUse = (folder: string): string =>
  `A log has one writer, and another process is writing ${folder}. ` +
  `Stop the daemon that runs there ("fuser -v ${join(folder, 'lock')}" names it), or give this one a home of its own with MINI_BUILDD_HOME.`;
