import { constants, type Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { left, right } from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { ImportSource } from '../../ports/import-source.ts';
import { control } from './deb-control.ts';
import { unpack } from './unpack.ts';

/** A repository in a folder of this machine: reprepro's base, or what aptly publishes. */
export const folderSource = (folder: string): ImportSource => ({
  suites: async () => {
    const entries = await readdir(join(folder, 'dists'), { withFileTypes: true }).catch((error: unknown) => {
      throw new Error(
        `There is no repository in ${folder}: ${reasonOf(error)}. Name the folder that holds dists/ and pool/`,
      );
    });
    return (await suitesAmong(folder, '', entries)).toSorted();
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
  control,
});

/** `trixie/updates` is one, too: `dists/trixie` may or may not be another. */
const suitesAmong = async (folder: string, above: string, entries: readonly Dirent[]): Promise<readonly string[]> => {
  const names: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || isOfIndices.test(entry.name)) continue;
    const name = `${above}${entry.name}`;
    if (await isSuite(folder, name)) names.push(name);
    if (name.split('/').length < deepest)
      names.push(...(await suitesAmong(folder, `${name}/`, await below(folder, name))));
  }
  return names;
};

const deepest = 4;

/** What lies within a suite: some of these have a `Release` of their own that says nothing of a suite. */
const isOfIndices = /^(?:binary-.*|source|i18n|dep11|by-hash|debian-installer|installer-.*|Contents-.*|.*\.diff)$/;

const below = (folder: string, name: string): Promise<Dirent[]> =>
  readdir(join(folder, 'dists', name), { withFileTypes: true });

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
