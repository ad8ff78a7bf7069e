import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { left, right } from 'fp-ts/lib/Either.js';
import { builtVersion } from '../../src/adapters/sbuild/built-version.ts';
import type { Architecture, FileName, StoredFile } from '../../src/domain/debian/names.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { ProductReader } from '../../src/ports/products.ts';

/** Believes the names of packages; what is in them it does not look at. */
export const fakeProducts = (files: FileStore): ProductReader => ({
  take: async (order, folder) => {
    const { architecture, archAll } = order;
    const version = builtVersion(order);
    const names = (await readdir(folder)).sort() as FileName[];
    const binaries = [];
    const records: StoredFile[] = [];
    for (const name of names) {
      const file = await files.adopt(name, join(folder, name));
      const [, of = '', built, on = ''] = /^([^_]+)_([^_]+)_([^_]+)\.deb$/.exec(name) ?? [];
      if (of === '') records.push(file);
      else if (on !== architecture && !(on === 'all' && archAll)) {
        return left(`${name}: its architecture is ${on}, which was not asked for`);
      } else if (built !== version.slice(version.indexOf(':') + 1)) {
        return left(`${name}: it should be of version ${version}`);
      } else binaries.push({ package: of, version, architecture: on as Architecture, file });
    }
    return binaries.length === 0 ? left('it names no binary package') : right({ binaries, records });
  },
});
