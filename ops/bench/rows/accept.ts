import { spawn } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { atMost, type Row, shown } from '../row.ts';
import { type Arrival, door } from '../signed-uploads.ts';
import { inTurns, median, timed, timesLonger } from '../turns.ts';

/** How long an uploader waits for a verdict: what must be done for it in any case is checking signature and sums, and one sync. */
export const accept: Row = {
  name: 'accept',
  about: 'last byte of .changes to UploadAccepted durable, over gpgv, sha256sum and one fdatasync',
  prepare: door,
  run: async (bench) => {
    const { uploader, next } = await door(bench);
    const folder = await bench.folder('by-hand');
    let arrived: Arrival = await next();
    const pairs = await inTurns(
      bench,
      15,
      async () => {
        arrived = await next();
        return arrived.accepted - arrived.sent;
      },
      () => timed(() => byHand(arrived, uploader.keyring, folder)),
    );
    return [
      {
        what: 'signed source of 1 MB',
        ours: `${shown(median(pairs.ours))} ms`,
        peer: `gpgv + sha256sum + fdatasync ${shown(median(pairs.theirs))} ms`,
        ...atMost(1.5, timesLonger(pairs)),
      },
    ];
  },
};

const byHand = async ({ changes, files }: Arrival, keyring: string, folder: string): Promise<void> => {
  await run('gpgv', ['--quiet', '--keyring', keyring, changes]);
  await run('sha256sum', files);
  const file = openSync(join(folder, 'verdict'), 'a');
  writeSync(file, `${changes} accepted\n`);
  fdatasyncSync(file);
  closeSync(file);
};

const run = (program: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore' });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
  });
