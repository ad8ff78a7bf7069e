import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gnupgHome } from '../../test/adapters/openpgp/gnupg-home.ts';
import { run } from '../../test/system/support/programs.ts';
import { piped } from './piped.ts';
import type { Bench } from './row.ts';
import { timed } from './turns.ts';

const helper = join(import.meta.dirname, '..', 'root-helper');
const buildUser = 'mini-buildd-build';

/** The same work done by somebody at a shell. Times in milliseconds. */
export type ByHand = {
  /** Runs sbuild on a source package as the daemon would have it run, and gives the `.changes` it wrote. */
  readonly build: (dsc: string) => Promise<{ readonly took: number; readonly changes: string }>;
  /** `reprepro include` into a repository of its own, which it signs. */
  readonly include: (changes: string) => Promise<number>;
};

/** `template` holds the root of a chroot; `distribution` is what the packages are for. */
export const byHand = async (bench: Bench, template: string, distribution: string): Promise<ByHand> => {
  const folder = await bench.folder('by-hand');
  const chroot = `mini-buildd-bench-${process.pid}`;
  await writeFile(join(folder, 'chroot.conf'), chrootConfiguration(chroot, template));
  await mkdir(join(folder, 'home'));
  await run('chown', [buildUser, join(folder, 'home')]);
  const repository = await signedRepository(bench, folder, distribution);
  return {
    build: async (dsc) => {
      const output = await bench.folder('built-by-hand');
      await run('chown', [buildUser, output]);
      const words = await sbuildWords(distribution, chroot, dsc);
      let said = '';
      const took = await timed(async () => {
        said = await run('unshare', ['--mount', 'sh', '-c', shell, 'sh', folder, output, ...words]);
      });
      const session = /Keeping session: (\S+)/.exec(said)?.[1];
      if (session !== undefined) await run('unshare', ['--mount', 'sh', '-c', ending, 'sh', folder, session]);
      const changes = (await readdir(output)).find((name) => name.endsWith('.changes'));
      if (changes === undefined) throw new Error(`sbuild by hand wrote no .changes:\n${said}`);
      return { took, changes: join(output, changes) };
    },
    include: (changes) =>
      timed(() =>
        run('reprepro', ['--silent', '--basedir', repository.folder, 'include', distribution, changes], {
          env: { GNUPGHOME: repository.gnupg },
        }),
      ),
  };
};

/** The chroot is known to schroot inside a mount namespace only, so nothing of it stays on the machine. */
const known = 'mount --bind "$1/chroot.conf" /etc/schroot/schroot.conf';
const shell = `${known} && home=$1 && cd "$2" && shift 2 && HOME=$home/home exec setpriv --reuid=${buildUser} --regid=${buildUser} --init-groups sbuild "$@"`;
const ending = `${known} && exec schroot --end-session --chroot "$2"`;

const chrootConfiguration = (name: string, template: string): string =>
  [
    `[${name}]`,
    'type=directory',
    `directory=${template}/root`,
    'union-type=overlay',
    `users=${buildUser}`,
    `root-users=${buildUser}`,
    'profile=sbuild',
    '',
  ].join('\n');

/** The helper itself says how it calls sbuild; only chroot and package are ours. */
const sbuildWords = async (distribution: string, chroot: string, dsc: string): Promise<readonly string[]> => {
  const architecture = (await run('dpkg', ['--print-architecture'])).trim();
  const order = {
    verb: 'run-build',
    build: `01ARZ3NDEKTSV4RRFFQ69G5FAV-${architecture}`,
    attempt: '1',
    codename: distribution.split('-')[0],
    architecture,
    archAll: true,
    distribution,
    dsc: basename(dsc),
    aptSources: '',
    aptPreferences: '',
    kind: 'directory',
  };
  const said = await piped(helper, ['say'], JSON.stringify(order));
  const words = said
    .slice(said.indexOf('# sbuild\n') + 9, said.indexOf('# chroot.conf'))
    .trim()
    .split('\n');
  return words.map((word, n) => (words[n - 1] === '--chroot' ? chroot : word.endsWith('.dsc') ? dsc : word));
};

const signedRepository = async (bench: Bench, folder: string, distribution: string) => {
  const gnupg = gnupgHome();
  bench.atEnd(gnupg.close);
  const key = gnupg.makeKey('archive', 'rsa4096');
  const repository = join(folder, 'repository');
  await mkdir(join(repository, 'conf'), { recursive: true });
  await writeFile(
    join(repository, 'conf', 'distributions'),
    `Codename: ${distribution}\nArchitectures: ${(await run('dpkg', ['--print-architecture'])).trim()} source\nComponents: main\nSignWith: ${key}\n`,
  );
  return { folder: repository, gnupg: gnupg.folder };
};
