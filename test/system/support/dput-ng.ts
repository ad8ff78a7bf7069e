import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt, type Ran, run } from './programs.ts';

/**
 * Uploads by dput-ng with a profile as `getdputconf` prints it. dput-ng and dput exclude each other, so it is unpacked below `home`, not
 * installed, and so are `libraries` that it needs; it looks for its data in `~/.dput.d`, and for its schemas in `skel` of the working directory.
 */
export const dputNg = async (
  home: string,
  profile: string,
  changes: string,
  libraries: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> => {
  const packages = join(home, 'packages');
  const unpacked = join(home, 'unpacked');
  await mkdir(packages, { recursive: true });
  const wanted = ['dput-ng', 'python3-dput', 'python3-debian', 'python3-chardet', ...libraries];
  await run('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', ...wanted], { cwd: packages });
  for (const name of await readdir(packages)) await run('dpkg-deb', ['--extract', join(packages, name), unpacked]);
  for (const data of ['etc/dput.d', 'usr/share/dput-ng']) {
    await cp(join(unpacked, data), join(home, '.dput.d'), { recursive: true });
  }
  await cp(join(unpacked, 'usr/share/dput-ng/schemas'), join(home, 'skel/schemas'), { recursive: true });
  await writeFile(join(home, '.dput.d/profiles/ours.json'), profile);
  return attempt('/usr/bin/python3', [join(unpacked, 'usr/bin/dput'), '-u', '-U', 'ours', changes], {
    cwd: home,
    env: { ...env, HOME: home, PYTHONPATH: join(unpacked, 'usr/lib/python3/dist-packages') },
  });
};
