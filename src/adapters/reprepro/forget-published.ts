import { readdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ifGone } from '../../disk/if-gone.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { archiveFolder } from './archive-folder.ts';

/** What was published from this disk long ago is not gone on from: others have published since, with later dates. Pools stay, and are used again. */
export const forgetPublished = async (home: string): Promise<void> => {
  const repositories = (await readdir(home).catch(ifGone)) ?? [];
  for (const repository of repositories)
    await rm(archiveFolder(resolve(home), repository as RepositoryId).published, { force: true });
};
