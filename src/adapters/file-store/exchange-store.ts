import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Sha256 } from '../../domain/debian/names.ts';
import type { Exchange } from '../../ports/exchange.ts';
import { fileStore } from './file-store.ts';

export const exchangeStore = (folder: string, now: () => number = Date.now): Exchange => ({
  ...fileStore(folder, undefined, now),
  list: async () => {
    const names = await Promise.all(
      (await readdir(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name)).map((name) => readdir(join(folder, name))),
    );
    return names.flat().filter(Sha256.is);
  },
});
