import { link, mkdir, open, rename, rm, symlink, writeFile } from 'node:fs/promises';

/** Every change the publisher makes to the disk; a test passes one that ends between any two. */
export interface Disk {
  readonly makeFolder: (path: string) => Promise<void>;
  /** A new file, synced. Its name is durable only when its folder is synced too. */
  readonly write: (path: string, bytes: string | Uint8Array) => Promise<void>;
  /** A new file, synced later or never. */
  readonly jot: (path: string, bytes: Uint8Array) => Promise<void>;
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

export const localDisk: Disk = {
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
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
  sync: async (path) => {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
