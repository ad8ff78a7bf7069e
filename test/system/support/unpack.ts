import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './programs.ts';

/** Fetches Debian packages into a folder that is there, and unpacks them below it: installing them would start servers and change the machine. */
export const unpack = async (folder: string, packages: readonly string[]): Promise<void> => {
  await run('apt-get', ['-q', 'download', ...packages], { cwd: folder });
  for (const deb of (await readdir(folder)).filter((name) => name.endsWith('.deb'))) {
    await run('dpkg-deb', ['--extract', join(folder, deb), folder]);
  }
};
