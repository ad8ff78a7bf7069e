import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bench } from './row.ts';
import { silentHelper } from './silent-helper.ts';

export const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'mini-buildd.ts');

/** `serve` on an instance, as an operator runs it, with nothing to build. */
export type Serving = {
  readonly url: string;
  /** Of its process: what it holds of the machine's memory. */
  readonly residentMegabytes: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

/** Resolves when it is ready. It ends with the run, if not before. */
export const serving = async (bench: Bench, home: string): Promise<Serving> => {
  const helper = await silentHelper(join(home, 'helper.sock'));
  const daemon = spawn(process.execPath, [program, 'serve'], {
    env: { ...process.env, ...environment(home) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  bench.atEnd(() => daemon.kill('SIGKILL'));
  const stop = async (): Promise<void> => {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      const gone = new Promise((resolve) => daemon.once('close', resolve));
      daemon.kill('SIGTERM');
      await gone;
    }
    helper.close();
  };
  const port = await portOf(daemon).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    residentMegabytes: async () => {
      const status = await readFile(`/proc/${daemon.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1000;
    },
    stop,
  };
};

export const environment = (home: string): NodeJS.ProcessEnv => ({
  MINI_BUILDD_HOME: home,
  MINI_BUILDD_HTTP: '127.0.0.1:0',
  MINI_BUILDD_FTP: '127.0.0.1:0',
  MINI_BUILDD_HOSTNAME: 'localhost',
  MINI_BUILDD_HELPER: join(home, 'helper.sock'),
  MINI_BUILDD_LOG_LEVEL: 'info',
});

/** Its journal says that it is ready and where it listens, or ends with the daemon. */
const portOf = async (daemon: ChildProcess): Promise<number> => {
  if (daemon.stdout === null) throw new Error('the daemon has no journal');
  for await (const line of createInterface(daemon.stdout)) {
    const { msg, http } = JSON.parse(line) as { msg: string; http: number };
    if (msg !== 'ready') continue;
    daemon.stdout.resume();
    return http;
  }
  throw new Error('the daemon ended before it was ready');
};
