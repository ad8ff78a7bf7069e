import { readdir, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ifGone } from '../../disk/if-gone.ts';
import { syncPath } from '../../disk/sync-path.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { archiveFolder } from './archive-folder.ts';

/** What was published from this disk long ago is not gone on from: others have published since, with later dates. Pools stay, and are used again. */
export const forgetPublished = async (home: string): Promise<void> => {
  const repositories = (await readdir(home).catch(ifGone)) ?? [];
  for (const repository of repositories) {
    const { published } = archiveFolder(resolve(home), repository as RepositoryId);
    await rm(published, { force: true });
    // The lease is taken next, and who holds it does not ask again.
    await syncPath(dirname(published));
  }
};
