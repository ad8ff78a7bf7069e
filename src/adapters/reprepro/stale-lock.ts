import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { ifGone } from '../../disk/if-gone.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import type { Disk } from './disk.ts';
import { PublishRefused } from './publish-refused.ts';
import { longestUnsure } from './while-permitted.ts';

/** A reprepro that somebody else began is given this long to end; milliseconds. */
const patience = 60_000;
/** And what was killed this long to be gone: it may wait for a disk. */
const dyingTime = 10_000;
/** On another host, by when it has ended: see there. The rest is for a machine that has much to do. */
const elsewhereTime = longestUnsure + 30_000;

/** `uid` and `host` are those of this process. Tests are others, and have less patience. */
type Judge = {
  readonly wait?: number;
  readonly waitElsewhere?: number;
  readonly uid?: number | undefined;
  readonly host?: string;
};

/**
 * reprepro's lock is an empty file without a pid that outlives a kill, and waiting for it would wait for ever. So it is
 * removed once no process can be behind it: none named reprepro that has this repository open or names its folder. One that another daemon of ours
 * feeds, or reads, may never end: that daemon held the archive before and was stopped, by a debugger or a frozen machine. It is ended, which is no more to
 * its database than a power cut. That of a person is left to them. `permit` rejects when another node may write the archive now, whose reprepro it would be.
 *
 * What cannot be seen is not taken for gone. Of another user a machine may show no processes (`ProtectProc=`), so a lock of theirs is left to them. Of another
 * host there are none to see: `holder` says on which one the lock was taken. A daemon there that lost the archive ends its reprepro, at the latest when it
 * could not learn for a minute that it still holds it; so that long is waited, while we hold it. A host that is frozen with a reprepro under way, and
 * wakes up later, may write for the seconds until its daemon looks: what apt reads is proved against what reprepro holds and made in a folder of our own, and the
 * publication fails that finds another's work in it, and is tried again.
 */
export const removeStaleLock = async (
  folder: ArchiveFolder,
  disk: Disk,
  permit: () => Promise<void>,
  { wait = patience, waitElsewhere = elsewhereTime, uid = process.getuid?.(), host }: Judge = {},
): Promise<void> => {
  const { base, lock } = folder;
  if (!existsSync(lock)) return;
  await permit();
  const began = performance.now();
  const isElsewhere = await wasTakenElsewhere(folder, host ?? (await thisHost()));
  for (;;) {
    const [holders, owner] = [await processesOn(base), (await lstat(lock).catch(ifGone))?.uid];
    const isOthers = owner !== undefined && owner !== uid;
    const time = performance.now() - began;
    if (holders.length === 0 && !isOthers && (!isElsewhere || owner === undefined || time >= waitElsewhere))
      return disk.remove(lock);
    const late = time - wait;
    if (late >= 0) {
      if (holders.length === 0 && isOthers) throw notOurs(lock, owner);
      const left = late < dyingTime ? await endFormer(holders, permit) : holders;
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

const notOurs = (lock: string, owner: number): PublishRefused =>
  new PublishRefused(
    'archive-busy',
    `${lock} belongs to the user with id ${owner}, whose reprepro cannot be seen from here`,
    'see that none of theirs works there, and remove that file; the publication is tried again',
  );

/** Says that what takes the lock from now on runs on this host. Call without the lock, before reprepro. */
export const takeLockHere = async ({ holder }: ArchiveFolder, disk: Disk): Promise<void> => {
  const host = await thisHost();
  if ((await readHolder(holder)) === host) return;
  await disk.remove(holder);
  await disk.write(holder, `${host}\n`);
};

/** Who does not say where, which an older mini-buildd did not, is taken for one from here. */
const wasTakenElsewhere = async ({ holder }: ArchiveFolder, host: string): Promise<boolean> => {
  const said = await readHolder(holder);
  return said !== undefined && said !== '' && said !== host;
};

const readHolder = async (holder: string): Promise<string | undefined> =>
  (await readFile(holder, 'utf8').catch(ifGone))?.trim();

/** Containers of one machine have its id, and other names; machines that were copied have the same id (machine-id(5)). */
const thisHost = async (): Promise<string> =>
  `${hostname()} ${(await readFile('/etc/machine-id', 'utf8').catch(() => '')).trim()}`.trim();

/** Ends those that another daemon began; gives those that are left. */
const endFormer = async (pids: readonly string[], permit: () => Promise<void>): Promise<readonly string[]> => {
  const left: string[] = [];
  for (const pid of pids) {
    if (!(await isOfAnotherDaemon(pid))) {
      left.push(pid);
      continue;
    }
    // Whoever holds the archive by now may have begun it.
    await permit();
    if (!killed(Number(pid))) left.push(pid);
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
