import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { ArchiveFolder } from './archive-folder.ts';
import type { Disk } from './disk.ts';
import { PublishRefused } from './publish-refused.ts';

/** A reprepro that somebody else began is given this long to end; milliseconds. */
const patience = 60_000;
/** And what was killed this long to be gone: it may wait for a disk. */
const dyingTime = 10_000;

/**
 * reprepro's lock is an empty file without a pid that outlives a kill, and waiting for it would wait for ever. So it is
 * removed once no process can be behind it: none named reprepro that has this repository open or names its folder. One that another daemon of ours
 * feeds, or reads, may never end: that daemon held the archive before and was stopped, by a debugger or a frozen machine. It is ended, which is no more to
 * its database than a power cut. That of a person is left to them.
 */
export const removeStaleLock = async ({ base, lock }: ArchiveFolder, disk: Disk, wait = patience): Promise<void> => {
  if (!existsSync(lock)) return;
  const until = performance.now() + wait;
  for (;;) {
    const holders = await processesOn(base);
    if (holders.length === 0) return disk.remove(lock);
    const late = performance.now() - until;
    if (late >= 0) {
      const left = late < dyingTime ? await endFormer(holders) : holders;
      if (left.length > 0) {
        throw new PublishRefused(
          'archive-busy',
          `another reprepro works on ${base}: process ${left.join(', ')}`,
          'let it end, or end it; the publication is tried again',
        );
      }
    }
    await setTimeout(100);
  }
};

/** Ends those that another daemon began; gives those that are left. */
const endFormer = async (pids: readonly string[]): Promise<readonly string[]> => {
  const left: string[] = [];
  for (const pid of pids) {
    if (!((await isOfAnotherDaemon(pid)) && killed(Number(pid)))) left.push(pid);
  }
  return left;
};

const isOfAnotherDaemon = async (pid: string): Promise<boolean> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const parent = /^PPid:\t(\d+)$/m.exec(status)?.[1] ?? '';
  const program = await readlink(`/proc/${parent}/exe`).catch(() => undefined);
  return parent !== String(process.pid) && program === (await readlink('/proc/self/exe'));
};

const killed = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
};

const processesOn = async (base: string): Promise<readonly string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => ((await worksOn(pid, base)) ? [pid] : [])));
  return found.flat();
};

const worksOn = async (pid: string, base: string): Promise<boolean> => {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  if (name.trim() !== 'reprepro') return false;
  const isBelow = (path: string): boolean => path === base || path.startsWith(`${base}/`);
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  if (words.some((word) => isBelow(word.replace(/^--basedir=/, '')))) return true;
  const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const paths = await Promise.all(open.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return paths.some(isBelow);
};
