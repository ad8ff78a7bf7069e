import { readdir, rmdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { poolFiles } from '../../domain/archive/pool-path.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import { breath } from './breath.ts';
import type { Disk } from './disk.ts';

/** Versions that are looked at before others get a turn. */
const atATime = 200;

/**
 * Unlinks every file of the pool that none of these versions names, and gives back the versions. Whoever believes that files of other
 * versions are in the pool is wrong from now on.
 */
export const tidyPool = async (
  { base, pool }: ArchiveFolder,
  keep: Iterable<HeldVersion>,
  disk: Disk,
): Promise<readonly HeldVersion[]> => {
  const kept: HeldVersion[] = [];
  const paths = new Set<string>();
  for (const held of keep) {
    kept.push(held);
    for (const { path } of poolFiles(held)) paths.add(path);
    if (kept.length % atATime === 0) await breath();
  }
  const entries = await readdir(pool, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) {
    if (paths.has(relative(base, file))) continue;
    await disk.remove(file);
    await rmdir(dirname(file)).catch(() => undefined); // Not empty yet, mostly.
  }
  return kept;
};
