import { type ChildProcess, spawn } from 'node:child_process';
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { hookOf } from '../../domain/webhook/address.ts';
import { CallFailed, type WebhookCaller } from '../../ports/webhooks.ts';

export type HookParts = {
  /** Where the programs are: `hooks.d`. */
  readonly folder: string;
  /** For one run. Milliseconds. */
  readonly longest: number;
};

/** Of what a program prints this much is kept, from its end. Bytes. */
const mostKept = 2000;

/**
 * Calls programs of this host: each gets the news on standard input and the id of the delivery as `MINI_BUILDD_DELIVERY`, and took them when it exits
 * with 0. It runs as the daemon does, without arguments, in `/`, and ends with everything it started in its process group; what is in another one is
 * heard no more.
 */
export const hookPrograms = ({ folder, longest }: HookParts): WebhookCaller => ({
  call: async ({ target, id, body }) => {
    const name = hookOf(target.url);
    if (name === undefined) throw new CallFailed('it is no hook');
    const path = join(folder, name);
    await mustBeTrusted(folder, name, (stat) => stat.isDirectory());
    await mustBeTrusted(path, name, (stat) => stat.isFile() && (stat.mode & 0o100) !== 0);
    const { ended, printed } = await runOnce(path, id, body, longest);
    if (ended === undefined) return;
    // What it printed is for who may read the journal, not for the log of events.
    throw new CallFailed(`hook:${name} ${ended}`, { cause: new Error(`it printed: ${printed}`) });
  },
});

/** What others may write, or lead elsewhere, is not run. */
const mustBeTrusted = async (path: string, name: string, isRight: (stat: Stats) => boolean): Promise<void> => {
  const stat = await lstat(path).catch(() => undefined);
  if (stat === undefined) throw new CallFailed(`hook:${name} is not in hooks.d`);
  const isOurs = stat.uid === 0 || stat.uid === process.getuid?.();
  if (!isRight(stat) || !isOurs || (stat.mode & 0o022) !== 0) {
    throw new CallFailed(
      `hook:${name} has to be an executable file of root or of the daemon in hooks.d, both written by nobody else`,
    );
  }
};

type Ran = {
  /** How it failed; `undefined`: it did not. */
  readonly ended: string | undefined;
  readonly printed: string;
};

const runOnce = (path: string, id: string, body: string, longest: number): Promise<Ran> =>
  new Promise((resolve) => {
    const child: ChildProcess = spawn(path, [], {
      cwd: '/',
      detached: true,
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', MINI_BUILDD_DELIVERY: id },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let printed = '';
    let isLate = false;
    const keep = (bytes: Buffer): void => {
      printed = (printed + bytes.toString()).slice(-mostKept);
    };
    const killAll = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended, with all of its group.
      }
    };
    const late = setTimeout(() => {
      isLate = true;
      killAll();
    }, longest);
    const end = (ended: string | undefined): void => {
      clearTimeout(late);
      killAll();
      // A child in a session of its own outlives that, and may hold them open for ever.
      for (const pipe of [child.stdout, child.stderr]) pipe?.destroy();
      resolve({ ended: isLate ? `took longer than ${longest / 1000} s` : ended, printed });
    };
    // First of all: what could not be started has no streams, and says so by an event.
    child.once('error', ({ message }) => end(`could not be started: ${message.replace(path, 'it')}`));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    // Who does not read what is new to it may still have done what it is for.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(body);
    child.once('exit', (code, signal) => end(code === 0 ? undefined : `ended with ${code ?? signal}`));
  });
