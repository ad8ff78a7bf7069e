import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { left, right } from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { ImportSource } from '../../ports/import-source.ts';
import { unpack } from './unpack.ts';

/** A repository in a folder of this machine: reprepro's base, or what aptly publishes. */
export const folderSource = (folder: string): ImportSource => ({
  suites: async () => {
    const entries = await readdir(join(folder, 'dists'), { withFileTypes: true }).catch((error: unknown) => {
      throw new Error(
        `There is no repository in ${folder}: ${reasonOf(error)}. Name the folder that holds dists/ and pool/`,
      );
    });
    const names: string[] = [];
    for (const entry of entries) if (entry.isDirectory() && (await isSuite(folder, entry.name))) names.push(entry.name);
    return names.sort();
  },
  open: async (path) => {
    try {
      const [root, real] = [await realpath(folder), await realpath(join(folder, path))];
      if (!real.startsWith(`${root}${sep}`)) return left(leadsOut(path));
      const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      if ((await handle.stat()).isFile()) return right(handle.createReadStream());
      await handle.close();
      return left(refusal('unreadable-file', `${path} is no regular file`, again));
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return left(absent(path));
      return left(refusal('unreadable-file', `${path}: ${reasonOf(error)}`, again));
    }
  },
  unpack,
});

const isSuite = async (folder: string, name: string): Promise<boolean> => {
  for (const release of ['InRelease', 'Release'])
    if (
      await stat(join(folder, 'dists', name, release)).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return true;
  return false;
};

const again = 'put it right there and import again, or leave out what needs it: --skip-refused';

export const absent = (path: string): Refusal => refusal('absent-file', `there is no ${path}`, again);

const leadsOut = (path: string): Refusal =>
  refusal(
    'unsafe-filename',
    `${path} is a link that leads out of the repository`,
    'name the folder that holds both, or import it over HTTP from where it is served',
  );
