import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/**
 * Makes a file that says who works here, so that nobody else does meanwhile; what a process left that is gone counts no more. Rejects, saying who it
 * is. Gives what ends it.
 */
export const heldAlone = async (path: string): Promise<() => Promise<void>> => {
  for (let tries = 0; ; tries += 1) {
    const own = `${path}.${randomUUID()}`;
    try {
      await writeFile(own, `${process.pid} ${hostname()}\n`, { mode: 0o600 });
      await link(own, path);
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 1) throw error;
    } finally {
      await rm(own, { force: true });
    }
    const [pid = '', host = ''] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
    if (host !== hostname() || isAlive(Number(pid)))
      throw new Error(
        `Process ${pid} on ${host} is at work here (${path}); where it is gone for good, remove that file`,
      );
    await rm(path, { force: true });
  }
};

/** Whether there is such a process, whosoever it is. */
const isAlive = (pid: number): boolean => {
  if (pid === process.pid) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
