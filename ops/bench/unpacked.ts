import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt, run } from '../../test/system/support/programs.ts';
import { type Bench, Skipped } from './row.ts';

/** Debian packages unpacked for one run, because installing them would start servers and change the machine. */
export const unpacked = async (bench: Bench, packages: readonly string[]): Promise<string> => {
  const folder = await bench.folder('packages');
  const { code, err } = await attempt('apt-get', ['-q', 'download', ...packages], { cwd: folder });
  if (code !== 0) throw new Skipped(`apt cannot fetch ${packages.join(', ')}: ${err.trim().split('\n').at(-1)}`);
  const root = join(folder, 'root');
  for (const deb of (await readdir(folder)).filter((name) => name.endsWith('.deb'))) {
    await run('dpkg-deb', ['--extract', join(folder, deb), root]);
  }
  return root;
};
