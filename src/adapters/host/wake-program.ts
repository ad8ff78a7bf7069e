import { execFile } from 'node:child_process';
import { left, right } from 'fp-ts/lib/Either.js';
import { refusal } from '../../domain/refusal.ts';
import type { Wake } from '../../ports/waker.ts';

/** Sending a packet takes no time; asking a board of another machine to start it may. Milliseconds. */
const patienceMs = 60_000;

/** Runs `program` with the name of the remote, `HOST:PORT`, as its only argument. */
export const wakeByProgram =
  (program: string, patience = patienceMs): Wake =>
  (remote) =>
    new Promise((resolve) => {
      const options = { cwd: '/', timeout: patience, killSignal: 'SIGKILL', maxBuffer: 65_536 } as const;
      execFile(program, [remote], options, (error, _, said) => {
        if (error === null) return resolve(right(undefined));
        const how = error.killed ? `it did not end within ${patience / 1000} s` : `it ended with ${error.code}`;
        const words = said.trim().slice(-200);
        const fact = `${program} ${remote}: ${words === '' ? how : `${how}: ${words}`}`;
        resolve(left(refusal('not-woken', fact, 'run it by hand, as the user of the daemon')));
      });
    });
