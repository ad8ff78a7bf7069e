import type { Sha256 } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { World } from '../../projections/world.ts';

/** Files that lie about for who reads, without those that were withdrawn: nobody is shown them, wherever they were fetched before. */
export const withoutWithdrawn = (files: FileStore, { retention: { withdrawn } }: World): FileStore => ({
  ...files,
  has: async (sha256) => !withdrawn.has(sha256) && files.has(sha256),
  path: async (sha256) => {
    const path = withdrawn.has(sha256) ? undefined : await files.path(sha256);
    // It may have been withdrawn while it came.
    if (path !== undefined && !withdrawn.has(sha256)) return path;
    await files.remove(sha256);
    throw new Error(`${sha256} was withdrawn`);
  },
});

/** Takes away what was withdrawn while nobody looked. */
export const removeWithdrawn = async (
  files: Pick<FileStore, 'remove'>,
  { retention: { withdrawn } }: World,
): Promise<void> => {
  for (const sha256 of withdrawn.keys()) await files.remove(sha256 as Sha256);
};
