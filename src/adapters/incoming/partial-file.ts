import { createHash } from 'node:crypto';
import { type FileHandle, rename, rm } from 'node:fs/promises';
import type { Sha256 } from '../../domain/debian/names.ts';

/** How files are opened; a test passes one whose disk is full. */
export type OpenFile = (path: string, flags: string, mode: number) => Promise<FileHandle>;

/** A file on its way in. */
export type PartialFile = {
  /** Resolves when more may come. Rejects with what the disk said, also of bytes taken earlier. */
  readonly write: (bytes: Buffer) => Promise<void>;
  /** Hands the last bytes to the disk; nothing may be written after it. */
  readonly finish: () => Promise<{ readonly size: number; readonly sha256: Sha256 }>;
  /** Makes the bytes durable. */
  readonly sync: () => Promise<void>;
  /** Gives the file another name on the same file system: `path` is free then. */
  readonly move: (to: string) => Promise<void>;
  /** Lets go of the file, and removes it unless it was moved. */
  readonly close: () => Promise<void>;
};

/** Bytes gathered before each write: hashing them and reading the next ones goes on while the disk works. */
const batch = 256 * 1024;

/** Creates `path`, which must not be there. */
export const partialFile = async (path: string, openFile: OpenFile): Promise<PartialFile> => {
  const handle = await openFile(path, 'wx', 0o640);
  const hash = createHash('sha256');
  let size = 0;
  let waiting: Buffer[] = [];
  let held = 0;
  let writing = Promise.resolve();
  let moved = false;

  const flush = async (): Promise<void> => {
    await writing;
    const together = Buffer.concat(waiting);
    waiting = [];
    held = 0;
    writing = handle.writeFile(together);
    writing.catch(() => undefined);
  };
  return {
    write: async (bytes) => {
      hash.update(bytes);
      size += bytes.length;
      held += bytes.length;
      waiting.push(bytes);
      if (held >= batch) await flush();
    },
    finish: async () => {
      await flush();
      await writing;
      return { size, sha256: hash.digest('hex') as Sha256 };
    },
    sync: () => handle.sync(),
    move: async (to) => {
      await rename(path, to);
      moved = true;
    },
    close: async () => {
      await handle.close();
      if (!moved) await rm(path, { force: true });
    },
  };
};
