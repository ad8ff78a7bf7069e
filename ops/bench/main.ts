/**
 * What mini-buildd holds itself to in speed and size, each figure beside what it is compared with, measured in the same run.
 *   npm run bench                  every row
 *   npm run bench -- accept ftp    these
 * Figures go to standard output, progress to standard error. A missed bound is printed, and is no failure.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Bench, type Figure, type Row, Skipped } from './row.ts';
import { accept } from './rows/accept.ts';
import { append } from './rows/append.ts';
import { changed } from './rows/changed.ts';
import { delivery } from './rows/delivery.ts';
import { duties } from './rows/duties.ts';
import { ftp } from './rows/ftp.ts';
import { install } from './rows/install.ts';
import { logs } from './rows/logs.ts';
import { memory } from './rows/memory.ts';
import { overhead } from './rows/overhead.ts';
import { pages } from './rows/pages.ts';
import { publish } from './rows/publish.ts';
import { queries } from './rows/queries.ts';
import { remote } from './rows/remote.ts';
import { replay } from './rows/replay.ts';
import { road } from './rows/road.ts';
import { sealing } from './rows/sealing.ts';
import { simulation } from './rows/simulation.ts';
import { snapshot } from './rows/snapshot.ts';
import { start } from './rows/start.ts';
import { verify } from './rows/verify.ts';
import { viewersRow } from './rows/viewers.ts';

/** In the order of a run, what takes long last. */
const rows: readonly Row[] = [
  accept,
  duties,
  append,
  logs,
  remote,
  publish,
  install,
  delivery,
  snapshot,
  queries,
  pages,
  changed,
  viewersRow,
  ftp,
  verify,
  start,
  overhead,
  road,
  sealing,
  replay,
  memory,
  simulation,
];

const secondsForAll = 360;

const main = async (names: readonly string[]): Promise<void> => {
  const unknown = names.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`there is no row ${unknown.join(', ')}. Rows:\n`);
    for (const { name, about } of rows) process.stderr.write(`  ${name.padEnd(10)}${about}\n`);
    process.exitCode = 2;
    return;
  }
  print(`${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`);
  const run = await newRun();
  const end = Date.now() + secondsForAll * 1000;
  process.once('SIGINT', () => void run.clean().finally(() => process.exit(130)));
  try {
    for (const row of rows.filter(({ name }) => names.length === 0 || names.includes(name))) {
      if (Date.now() < end) await measure(row, run);
      else print(`${row.name.padEnd(10)}skipped: the ${secondsForAll} seconds of a run are over; ask for it alone`);
    }
  } finally {
    await run.clean();
  }
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The folder of this run and what else must be undone, however it ends. */
const newRun = async () => {
  const root = await mkdtemp(join(tmpdir(), 'mini-buildd-bench-'));
  await chmod(root, 0o755);
  const undone: (() => unknown)[] = [() => rm(root, { recursive: true, force: true })];
  return {
    root,
    atEnd: (undo: () => unknown): void => void undone.push(undo),
    clean: async (): Promise<void> => {
      for (let undo = undone.pop(); undo !== undefined; undo = undone.pop()) {
        await Promise.resolve(undo()).catch((error: unknown) => process.stderr.write(`left behind: ${error}\n`));
      }
    },
  };
};

type Run = Awaited<ReturnType<typeof newRun>>;

const measure = async ({ name, seconds = 60, prepare, run: figuresOf }: Row, run: Run): Promise<void> => {
  let until = Number.POSITIVE_INFINITY;
  const bench: Bench = {
    folder: async (wanted) => {
      const folder = await mkdtemp(join(run.root, `${wanted}-`));
      await chmod(folder, 0o755);
      return folder;
    },
    say: (line) => void process.stderr.write(`  ${name}: ${line}\n`),
    until: () => until,
    atEnd: run.atEnd,
  };
  try {
    await prepare?.(bench);
    until = Date.now() + (seconds * 2000) / 3;
    for (const figure of await within(seconds, figuresOf(bench))) print(lineOf(name, figure));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    print(`${name.padEnd(10)}${error instanceof Skipped ? 'skipped' : 'not measured'}: ${said}`);
  }
};

const within = async <A>(seconds: number, work: Promise<A>): Promise<A> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`given up after ${seconds} seconds`)), seconds * 1000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const lineOf = (name: string, { what, ours, peer, value, bound, isMet }: Figure): string => {
  const verdict = bound === undefined ? '' : `  ${bound.padEnd(14)} ${isMet ? 'met' : 'MISSED'}`;
  return `${name.padEnd(10)}${what}: ${ours}, ${peer}: ${value}${verdict}`;
};

await main(process.argv.slice(2));
process.exit();
