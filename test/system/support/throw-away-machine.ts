import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance } from './instance.ts';
import { run } from './programs.ts';
import { templates } from './template.ts';

/**
 * A machine made of a build template of the instance, with `files` (by path) as its administrator would put them there, and no other
 * sources. Everything runs as root in a mount namespace of its own, which goes away with it. Gives what the commands printed.
 */
export const throwAwayMachine = async (
  instance: Instance,
  files: Readonly<Record<string, string>>,
): Promise<(commands: readonly string[]) => Promise<string>> => {
  const [template] = await templates(instance.name);
  const work = join(instance.folder, `machine-${Math.random().toString(36).slice(2)}`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(work, 'files', path, '..'), { recursive: true });
    await writeFile(join(work, 'files', path), text);
  }
  return (commands) =>
    run('unshare', [
      ...['--mount', '--propagation', 'private', '--', 'sh', '-euc', enter, 'sh'],
      ...[`${template?.folder}/root`, work, `set -eu\n${commands.join('\n')}\n`],
    ]);
};

/** `$1` template, `$2` folder for everything that changes, `$3` what to run. */
const enter = `
mkdir -p "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount --rbind /dev "$2/root/dev"
rm -rf "$2/root/etc/apt/sources.list" "$2/root/etc/apt/sources.list.d"
cp -r "$2/files/." "$2/root/"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$2/root" sh -c "$3"
`;
