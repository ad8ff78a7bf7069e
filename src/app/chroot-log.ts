import { readFile } from 'node:fs/promises';
import type { FileStore } from '../ports/file-store.ts';
import type { World } from '../projections/world.ts';

/** Far more than a preparation prints. Bytes. */
const longest = 4 * 2 ** 20;

/** What the last preparation of a chroot printed, as it was kept; `undefined` when it was not, or is let go. */
export const keptChrootLog = async (
  name: string,
  { templates }: Pick<World, 'templates'>,
  files: Pick<FileStore, 'path' | 'has'>,
): Promise<string | undefined> => {
  const kept = templates.get(name)?.log;
  if (kept === undefined || kept.size > longest || !(await files.has(kept.sha256))) return undefined;
  return readFile(await files.path(kept.sha256), 'utf8');
};
