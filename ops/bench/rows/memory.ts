import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../../test/system/support/programs.ts';
import { longLog } from '../long-log.ts';
import { atMost, type Bench, type Row, shown } from '../row.ts';
import { silentHelper } from '../silent-helper.ts';
import { binariesEach, sources } from '../stories.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'mini-buildd.ts');
/** What is garbage after the start is gone by then. */
const settling = 10_000;

/** What a daemon at rest holds of the machine's memory. */
export const memory: Row = {
  name: 'memory',
  about: 'resident memory of `serve` at rest, on a new instance and with 1,000,000 events',
  seconds: 150,
  prepare: longLog,
  run: async (bench) => {
    const empty = await bench.folder('empty');
    await run(process.execPath, [program, 'setup'], { env: environment(empty) });
    const idle = await residentMegabytes(bench, empty);
    bench.say(`new instance: ${shown(idle)} MB`);
    const { home, events } = await longLog(bench);
    const full = await residentMegabytes(bench, home);
    const packages = Math.min(sources, Math.floor(events / 8)) * binariesEach;
    return [
      { what: 'new instance', ours: 'RSS at rest', peer: 'absolute', ...atMost(120, idle, 'MB') },
      {
        what: `${shown(events)} events, ${shown(packages)} packages`,
        ours: 'RSS at rest',
        peer: 'absolute',
        ...atMost(300, full, 'MB'),
      },
    ];
  },
};

const environment = (home: string): NodeJS.ProcessEnv => ({
  MINI_BUILDD_HOME: home,
  MINI_BUILDD_HTTP: '127.0.0.1:0',
  MINI_BUILDD_FTP: '127.0.0.1:0',
  MINI_BUILDD_HOSTNAME: 'localhost',
  MINI_BUILDD_HELPER: join(home, 'helper.sock'),
  MINI_BUILDD_LOG_LEVEL: 'info',
});

const residentMegabytes = async (bench: Bench, home: string): Promise<number> => {
  const helper = await silentHelper(join(home, 'helper.sock'));
  const daemon = spawn(process.execPath, [program, 'serve'], {
    env: { ...process.env, ...environment(home) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  bench.atEnd(() => daemon.kill('SIGKILL'));
  try {
    await isReady(daemon);
    await new Promise((resolve) => setTimeout(resolve, settling));
    const status = await readFile(`/proc/${daemon.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1000;
  } finally {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      const gone = new Promise((resolve) => daemon.once('close', resolve));
      daemon.kill('SIGTERM');
      await gone;
    }
    helper.close();
  }
};

/** Its journal says so, or ends with the daemon. */
const isReady = async (daemon: ChildProcess): Promise<void> => {
  if (daemon.stdout === null) throw new Error('the daemon has no journal');
  for await (const line of createInterface(daemon.stdout)) {
    if ((JSON.parse(line) as { msg: string }).msg !== 'ready') continue;
    daemon.stdout.resume();
    return;
  }
  throw new Error('the daemon ended before it was ready');
};
