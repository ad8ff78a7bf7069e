import type { Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What every client of apt asks for again and again (`InRelease`, `Packages`): kept in memory, bounded. */
export type SmallFiles = {
  /** The bytes remembered as `name`, when `stats` says that they are still the same. */
  readonly remembered: (name: string, stats: Stats) => Buffer | undefined;
  /** Reads the file at `path` and remembers it as `name`. */
  readonly read: (name: string, path: string, stats: Stats) => Promise<Buffer>;
};

export const smallEnough = 64 * 1024;

/** Bounded by `capacity` bytes; what was read first goes first: it is read again when it is wanted. */
export const smallFiles = (capacity = 16 * 1024 * 1024): SmallFiles => {
  const kept = new Map<string, { readonly stats: Stats; readonly bytes: Buffer }>();
  let held = 0;
  const forget = (name: string): void => {
    held -= kept.get(name)?.bytes.length ?? 0;
    kept.delete(name);
  };
  return {
    remembered: (name, stats) => {
      const found = kept.get(name);
      return found !== undefined && isSame(found.stats, stats) ? found.bytes : undefined;
    },
    read: async (name, path, stats) => {
      const bytes = await readFile(path);
      forget(name);
      kept.set(name, { stats, bytes });
      held += bytes.length;
      for (const oldest of kept.keys()) {
        if (held <= capacity) break;
        forget(oldest);
      }
      return bytes;
    },
  };
};

const isSame = (a: Stats, b: Stats): boolean => a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs;
