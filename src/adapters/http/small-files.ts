import type { Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What every client of apt asks for again and again (`InRelease`, `Packages`): kept in memory, bounded. */
export type SmallFiles = {
  /** The bytes of `path`, when they are in memory and `stats` says the file is still the same. */
  readonly remembered: (path: string, stats: Stats) => Buffer | undefined;
  /** Reads and remembers. */
  readonly read: (path: string, stats: Stats) => Promise<Buffer>;
};

export const smallEnough = 64 * 1024;

/** Bounded by `capacity` bytes; what was not asked for longest goes first. */
export const smallFiles = (capacity = 16 * 1024 * 1024): SmallFiles => {
  const kept = new Map<string, { readonly mark: string; readonly bytes: Buffer }>();
  let held = 0;
  const forget = (path: string): void => {
    held -= kept.get(path)?.bytes.length ?? 0;
    kept.delete(path);
  };
  return {
    remembered: (path, stats) => {
      const found = kept.get(path);
      if (found === undefined || found.mark !== mark(stats)) return undefined;
      kept.delete(path);
      kept.set(path, found);
      return found.bytes;
    },
    read: async (path, stats) => {
      const bytes = await readFile(path);
      forget(path);
      kept.set(path, { mark: mark(stats), bytes });
      held += bytes.length;
      for (const oldest of kept.keys()) {
        if (held <= capacity) break;
        forget(oldest);
      }
      return bytes;
    },
  };
};

const mark = ({ ino, size, mtimeMs }: Stats): string => `${ino} ${size} ${mtimeMs}`;
