import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CleanMachine } from './clean-machine.ts';
import { attempt, eventually, type Ran, run } from './programs.ts';

/** A machine with its own systemd as the first process, and a network that is nothing but a loopback. */
export type BootedMachine = {
  readonly sh: (...commands: readonly string[]) => Promise<string>;
  readonly attempt: (...commands: readonly string[]) => Promise<Ran>;
  /** Pulls its plug. */
  readonly end: () => Promise<void>;
};

/** Why no systemd can be booted on this host, where that is so. */
export const cannotBoot = async (): Promise<string | undefined> =>
  (await unifiedCgroup()) === undefined ? 'there is no cgroup2 here that systemd could divide' : undefined;

/** Boots the systemd that is installed on `machine`, and waits until it has started what it starts. */
export const boot = async (machine: CleanMachine): Promise<BootedMachine> => {
  const group = join((await unifiedCgroup()) ?? '', `mini-buildd-test-${process.pid}-${Date.now()}`);
  await mkdir(group);
  const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--net', '--cgroup', '--propagation', 'private'];
  const child = spawn(
    'sh',
    [
      '-euc',
      enterGroup,
      'sh',
      group,
      'unshare',
      ...namespaces,
      '--fork',
      '--kill-child',
      '--',
      'sh',
      '-euc',
      start,
    ].concat('sh', machine.root),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes));
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await eventually('every process of the machine to end', 120, () => removed(group));
  };
  try {
    const first = await eventually('the first process of the machine', 60, () => childOf(child.pid));
    const inside = (commands: readonly string[]): readonly string[] => [
      ...['--target', first, '--mount', '--pid', '--uts', '--ipc', '--net', '--cgroup', '--root', '--wd', '--'],
      ...['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C.UTF-8', 'DEBIAN_FRONTEND=noninteractive'],
      ...['sh', '-c', `set -eu\n${commands.join('\n')}\n`],
    ];
    const booted = {
      sh: (...commands: readonly string[]) => run('nsenter', inside(commands)),
      attempt: (...commands: readonly string[]) => attempt('nsenter', inside(commands)),
      end,
    };
    await eventually('systemd to have started everything', 300, async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`systemd ended:\n${said}`);
      const { out } = await booted.attempt('systemctl is-system-running');
      return /^(running|degraded)$/m.test(out) || undefined;
    });
    return booted;
  } catch (error) {
    await end();
    throw error;
  }
};

/** The folder of the cgroup that this process is in. */
const unifiedCgroup = async (): Promise<string | undefined> => {
  const [, mounted] = /^\S+ (\S+) cgroup2 /m.exec(await readFile('/proc/mounts', 'utf8')) ?? [];
  const [, own] = /^0::(.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8')) ?? [];
  return mounted === undefined || own === undefined ? undefined : join(mounted, own);
};

const childOf = async (pid: number | undefined): Promise<string | undefined> =>
  /^\d+/.exec(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''))?.[0];

/** Folders of cgroups go from the innermost on, and only when nothing runs there any more. */
const removed = async (group: string): Promise<true | undefined> => {
  if (!existsSync(group)) return true;
  for (const entry of await readdir(group, { withFileTypes: true }))
    if (entry.isDirectory()) await removed(join(group, entry.name));
  await rmdir(group).catch(() => undefined);
  return existsSync(group) ? undefined : true;
};

const enterGroup = `
group=$1; shift
echo $$ >"$group/cgroup.procs"
exec "$@"
`;

/** What a container manager gives: of the kernel's settings only a view, devices that do no harm, and room for what is gone with the machine. */
const start = `
mount --rbind "$1" "$1"
mount -t proc proc "$1/proc"
mount --bind "$1/proc/sys" "$1/proc/sys"
mount -o remount,bind,ro "$1/proc/sys"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$1/sys"
mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$1/dev"
for device in null zero full random urandom tty; do cp --archive "/dev/$device" "$1/dev/"; done
mkdir "$1/dev/pts" "$1/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$1/dev/pts"
ln -s pts/ptmx "$1/dev/ptmx"
ln -s /proc/self/fd "$1/dev/fd"
mount -t tmpfs tmpfs "$1/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$1/run"
mount -t tmpfs tmpfs "$1/tmp"
mount --make-rshared "$1"
ip link set lo up
hostname machine
for init in /usr/lib/systemd/systemd /lib/systemd/systemd; do
  [ ! -e "$1$init" ] ||
    exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$1" "$init" --unit=multi-user.target --log-target=journal
done
`;
