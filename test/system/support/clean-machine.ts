import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../support/remove-folder.ts';
import { attempt, type Ran, run } from './programs.ts';

/** Where installations are kept for the tests that follow. Whoever deletes it costs them a minute. */
const installations = '/var/cache/mini-buildd-tests';

/** A machine on which nothing of ours was ever installed. Commands run as root, in namespaces of their own that end with them. */
export type CleanMachine = {
  /** Its files, as they are seen from here. */
  readonly root: string;
  readonly sh: (...commands: readonly string[]) => Promise<string>;
  readonly attempt: (...commands: readonly string[]) => Promise<Ran>;
  readonly remove: () => Promise<void>;
};

/**
 * Made of the release `codename` by the mirror that this host uses: of what an earlier test was given of the same Release, where there was one. Rejects when the mirror does
 * not have it.
 */
export const cleanMachine = async (codename: string): Promise<CleanMachine> => {
  const made = await freshlyInstalled(codename);
  const folder = await mkdtemp('/var/tmp/mini-buildd-machine-');
  const root = join(folder, 'root');
  const enter = (commands: readonly string[]): readonly string[] => [
    ...['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private', '--'],
    ...['sh', '-euc', inside, 'sh', root, `set -eu\n${commands.join('\n')}\n`],
  ];
  const remove = () => removeFolder(folder);
  try {
    await mkdir(root);
    await run('tar', ['--extract', '--numeric-owner', '--xattrs', '--xattrs-include=*', '--file', made, '-C', root]);
    await mkdir(join(root, 'debs'));
    // No service is started by an installation: there is no systemd to start it.
    await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    root,
    sh: (...commands) => run('unshare', enter(commands)),
    attempt: (...commands) => attempt('unshare', enter(commands)),
    remove,
  };
};

/** Whether the mirror that this host uses has the release `codename`. */
export const mirrorHas = async (codename: string): Promise<boolean> => (await releaseOf(codename)) !== undefined;

/** A tar of an installation of `codename` that nothing was done to. It is as old as the Release that the mirror has now, or made anew. */
const freshlyInstalled = async (codename: string): Promise<string> => {
  const release = await releaseOf(codename);
  if (release === undefined) throw new Error(`the mirror of this host has no ${codename}`);
  const [uri, components] = await hostMirror();
  // A mirror may stand still for longer than testing's Release is valid: to install from it is good enough.
  const source = `deb [check-valid-until=no] ${uri} ${codename} ${components}`;
  // A machine is thrown away: nothing on it has to outlive a power failure.
  const options = ['--quiet', '--variant=apt', '--mode=root', '--dpkgopt=force-unsafe-io'];
  const name = createHash('sha256')
    .update(JSON.stringify([release, source, options]))
    .digest('hex')
    .slice(0, 32);
  const tar = join(installations, `${codename}-${name}.tar`);
  if (existsSync(tar)) return tar;
  await mkdir(installations, { recursive: true });
  const unfinished = await mkdtemp(join(installations, `${codename}.`));
  try {
    await run('mmdebstrap', [...options, codename, join(unfinished, 'machine.tar'), source]);
    await rename(join(unfinished, 'machine.tar'), tar);
  } finally {
    await removeFolder(unfinished);
  }
  for (const other of await readdir(installations))
    if (other.startsWith(`${codename}-`) && join(installations, other) !== tar)
      await rm(join(installations, other), { force: true });
  return tar;
};

/** What the mirror of this host says now of the release `codename`, where it has that: asked by apt, which knows the way there. */
const releaseOf = async (codename: string): Promise<string | undefined> => {
  const [uri] = await hostMirror();
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-mirror-'));
  const release = join(folder, 'InRelease');
  try {
    const from = `${uri.replace(/\/?$/, '/')}dists/${codename}/InRelease`;
    const { code } = await attempt('/usr/lib/apt/apt-helper', ['download-file', from, release]);
    return code === 0 ? await readFile(release, 'utf8') : undefined;
  } finally {
    await removeFolder(folder);
  }
};

/** Where the host has its own release from. */
export const hostMirror = async (): Promise<readonly [uri: string, components: string]> => {
  const codename = (await run('sh', ['-c', '. /etc/os-release; printf %s "$VERSION_CODENAME"'])).trim();
  const targets = await run('apt-get', [
    'indextargets',
    '--format',
    '$(CODENAME) $(REPO_URI) $(COMPONENT)',
    'Created-By: Packages',
    'Origin: Debian',
  ]);
  const [, uri] =
    targets
      .split('\n')
      .map((line) => line.split(' '))
      .find(([name]) => name === codename) ?? [];
  if (uri === undefined) throw new Error(`apt of this host has no source of ${codename}`);
  return [uri, 'main'];
};

/** The root is a mount of its own, as `/` is everywhere: what makes namespaces inside asks for that. */
const inside = `
mount --rbind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/run"
exec env -i \${http_proxy:+"http_proxy=$http_proxy"} \${https_proxy:+"https_proxy=$https_proxy"} PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$1" sh -c "$2"
`;
