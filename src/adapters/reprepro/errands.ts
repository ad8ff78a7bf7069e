import { linkSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncPathNow } from '../../disk/sync-path.ts';
import type { Errands, Joined, Link } from './archive-orders.ts';

/** What costs the event loop ten times its own time when each is waited for. */
export const runErrands = (errands: Errands): void => {
  switch (errands.kind) {
    case 'make-folders':
      for (const path of errands.paths) mkdirSync(path, { recursive: true });
      return;
    case 'link':
      for (const { from, to } of errands.links) linkSync(from, to);
      return;
    case 'sync':
      for (const path of errands.paths) syncPathNow(path);
      return;
    case 'remove':
      rmSync(errands.path, { recursive: true, force: true });
  }
};

/** Makes a link, and the folders above it. */
export const joined = ({ from, to }: Link): Joined => {
  try {
    mkdirSync(dirname(to), { recursive: true });
    linkSync(from, to);
    return 'new';
  } catch {
    const [ours, there] = [from, to].map((path) => lstatSync(path, { throwIfNoEntry: false }));
    return ours !== undefined && ours.ino === there?.ino && ours.dev === there.dev ? 'there' : 'other';
  }
};
