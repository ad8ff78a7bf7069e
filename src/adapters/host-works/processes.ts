import { readFileSync } from 'node:fs';
import type { HostProcess } from '../../ports/host-works.ts';

/** This process; `undefined` where the kernel does not tell. */
export const ourselves = (): HostProcess | undefined => {
  const startedAt = startOf(process.pid);
  return startedAt === undefined ? undefined : { id: process.pid, startedAt };
};

/**
 * Whether it lives: neither gone, nor dead and not yet fetched by its parent. Of other users' processes the kernel may show nothing but that they
 * are there (`ProtectProc=`, `hidepid`): then that has to do.
 */
export const isAlive = ({ id, startedAt }: HostProcess): boolean => {
  const start = startOf(id);
  return start === undefined ? isHidden(id) : start === startedAt;
};

/** proc_pid_stat(5): what follows the name, which may hold anything, is the state, and 19 fields later the start. */
const startOf = (id: number): number | undefined => {
  const text = statOf(id);
  const [state = 'X', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return /^[ZX]?$/.test(state) ? undefined : Number(fields[18]);
};

const statOf = (id: number): string => {
  try {
    return readFileSync(`/proc/${id}/stat`, 'latin1');
  } catch {
    return '';
  }
};

const isHidden = (id: number): boolean => {
  try {
    process.kill(id, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
