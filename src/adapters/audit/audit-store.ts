import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ifGone } from '../../disk/if-gone.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { Hasher } from './hasher.ts';

/** How many files of a store were looked at, and those that are not what their name says, with the reason. */
export type StoreFound = { readonly files: number; readonly wrong: ReadonlyMap<string, string> };

/** So many files are asked for ahead. */
const ahead = 64;

/** Hashes every file of a store: each is named by its SHA-256. One that goes away meanwhile was let go. */
export const auditStore = async (folder: string, hasher: Hasher): Promise<StoreFound> => {
  const wrong = new Map<string, string>();
  let files = 0;
  const under = new Set<Promise<void>>();
  const look = async (name: string, path: string): Promise<void> => {
    const found = await hasher.hash(path);
    if (typeof found !== 'string') {
      files += 1;
      if (found.sha256 !== name) wrong.set(name, `its ${found.size} bytes have the SHA-256 ${found.sha256}`);
    } else if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
      wrong.set(name, `it cannot be read: ${found}`);
    }
  };
  for (const shelf of await shelves(folder)) {
    for (const name of (await readdir(join(folder, shelf))).sort()) {
      const looking: Promise<void> = look(name, join(folder, shelf, name)).finally(() => under.delete(looking));
      under.add(looking);
      if (under.size >= ahead) await Promise.race(under);
    }
  }
  await Promise.all(under);
  return { files, wrong };
};

/** Bytes of a file in the store. */
export const sizeInStore =
  (folder: string) =>
  (sha256: Sha256): number | undefined =>
    lstatSync(join(folder, sha256.slice(0, 2), sha256), { throwIfNoEntry: false })?.size;

const shelves = async (folder: string): Promise<readonly string[]> => {
  const names = (await readdir(folder).catch(ifGone)) ?? [];
  return names.filter((name) => /^[0-9a-f]{2}$/.test(name)).sort();
};
