import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

type RunOptions = { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv };

/** Runs a program to its end, whatever that is. */
export const attempt = (program: string, args: readonly string[], { cwd, env }: RunOptions = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });

/** Runs a program that must succeed; returns what it printed. */
export const run = async (program: string, args: readonly string[], options: RunOptions = {}): Promise<string> => {
  const { code, out, err } = await attempt(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${out}\n${err}`);
  return out;
};

/** Looks until there is something, at most `seconds`. */
export const eventually = async <A>(
  what: string,
  seconds: number,
  look: () => Promise<A | undefined> | A | undefined,
): Promise<A> => {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${seconds} s in vain for ${what}`);
};

/** A port that nobody listens on at the moment, in neither family. */
export const freePort = async (): Promise<number> => (await freePorts(1)).from;

/** What was given once in this process is not given again: it may be free only because nobody listens there yet. */
const given = new Set<number>();

/**
 * Consecutive ports that nobody listens on at the moment, below those that the kernel gives to others unasked
 * (net.ipv4.ip_local_port_range): they stay free until whoever is told of them listens there.
 */
export const freePorts = async (many: number): Promise<{ readonly from: number; readonly to: number }> => {
  const from = randomInt(10_000, 30_000);
  const ports = Array.from({ length: many }, (_, place) => from + place);
  for (const port of ports) if (given.has(port) || !(await isFree(port))) return freePorts(many);
  for (const port of ports) given.add(port);
  return { from, to: from + many - 1 };
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
