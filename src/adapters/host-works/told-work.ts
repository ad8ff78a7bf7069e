import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inSightOnOneLine } from '../../domain/out-of-sight.ts';
import { type HostVerb, HostWork, longestLine } from '../../ports/host-works.ts';
import { hostWorksFolder } from './folder.ts';
import { ourselves } from './processes.ts';

export type ToldWork = {
  readonly say: (line: string) => void;
  /** It came to a good end. What did not leaves its file, and is known by that once the process is gone. */
  readonly done: () => void;
};

/** Milliseconds. */
const sayEvery = 1000;

/**
 * Tells a daemon that serves `home` how far we are, if there is one: it makes the folder. Nothing that goes wrong here is the business of who does the
 * work, and nothing is synced: what a crash leaves is worth nothing.
 */
export const tellDaemon = (home: string, verb: HostVerb, now: () => number = Date.now): ToldWork => {
  const us = ourselves();
  const startedAt = now();
  const path = join(hostWorksFolder(home), `${process.pid}-${randomBytes(6).toString('hex')}.json`);
  let told = Number.NEGATIVE_INFINITY;
  const write = (says: string | null): void => {
    if (us === undefined || now() - told < sayEvery) return;
    told = now();
    const text = JSON.stringify(HostWork.encode({ verb, says, startedAt, process: us }));
    // Never through a link that somebody laid there, and never stopped by what a full disk left of the time before.
    attempt(() => {
      rmSync(`${path}.new`, { force: true });
      writeFileSync(`${path}.new`, text, { mode: 0o644, flag: 'wx' });
      renameSync(`${path}.new`, path);
    });
  };
  write(null);
  return {
    say: (line) => write(inSightOnOneLine(line).slice(0, longestLine)),
    done: () => attempt(() => rmSync(path, { force: true })),
  };
};

const attempt = (act: () => void): void => {
  try {
    act();
  } catch {
    // No daemon, no room, no right: the terminal says it all the same.
  }
};
