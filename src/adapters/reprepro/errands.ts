import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync } from 'node:fs';
import type { Errands } from './archive-orders.ts';

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
      for (const path of errands.paths) sync(path);
      return;
    case 'remove':
      rmSync(errands.path, { recursive: true, force: true });
  }
};

const sync = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};
