import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Architecture, FileName, StoredFile, Version } from '../../src/domain/debian/names.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { ProductReader } from '../../src/ports/products.ts';

/** Believes the names of packages; what is in them it does not look at. */
export const fakeProducts = (files: FileStore): ProductReader => ({
  take: async ({ version, architecture, archAll }, folder) => {
    const names = (await readdir(folder)).sort() as FileName[];
    const binaries = [];
    const records: StoredFile[] = [];
    for (const name of names) {
      const file = await files.adopt(name, join(folder, name));
      const [, of = '', , on = ''] = /^([^_]+)_([^_]+)_([^_]+)\.deb$/.exec(name) ?? [];
      if (of === '') records.push(file);
      else if (on !== architecture && !(on === 'all' && archAll)) {
        return left(`${name}: its architecture is ${on}, which was not asked for`);
      } else binaries.push({ package: of, version: version as Version, architecture: on as Architecture, file });
    }
    return binaries.length === 0 ? left('it names no binary package') : right({ binaries, records });
  },
});
