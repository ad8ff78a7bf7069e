import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ifGone } from '../../disk/if-gone.ts';
import { isAside } from '../../disk/new-file.ts';

/** Where an import lays secret keys aside that it reads. */
export const importScratch = (home: string): string => join(home, 'cache', 'import');

/** What an import that the power failed left behind, and nothing needs: secret keys may be in it. Gives what there was. */
export const sweepImport = async (home: string): Promise<readonly string[]> => {
  const journals = ((await readdir(home).catch(ifGone)) ?? [])
    .filter((name) => name.startsWith('importing.') && isAside(name))
    .map((name) => join(home, name));
  const copies = ((await readdir(importScratch(home)).catch(ifGone)) ?? []).map((name) =>
    join(importScratch(home), name),
  );
  for (const path of [...journals, ...copies]) await rm(path, { recursive: true, force: true });
  return [...journals, ...copies];
};
