import { type ChildProcess, spawn } from 'node:child_process';
import { reasonOf } from '../../domain/reason.ts';

export type Ran = { readonly code: number; readonly stdout: Buffer; readonly stderr: string };

/**
 * Runs a program to its end: argument array, no shell, `stdin` whole. Rejects only when it could not run or was killed,
 * which it is when it writes more than `most` bytes, or by `end`.
 */
export type Run = (
  program: string,
  args: readonly string[],
  stdin?: string | Uint8Array,
  most?: number,
  end?: AbortSignal,
) => Promise<Ran>;

/** A list of a million packages is shorter. */
const longestOutput = 512 * 1024 * 1024;

/** Nothing that reprepro is asked for takes longer, not even a database made anew. */
const patienceMilliseconds = 60 * 60 * 1000;

/** A daemon that may not write an archive any more ends as a whole, and what it runs with it. */
const underWay = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of underWay) child.kill('SIGKILL');
});

export const runProgram: Run = (program, args, stdin = '', most = longestOutput, end) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: '/nonexistent' },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: patienceMilliseconds,
      signal: end,
      killSignal: 'SIGKILL',
    });
    underWay.add(child);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let written = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      written += chunk.length;
      if (written > most) child.kill('SIGKILL');
      else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined); // It ended without reading; its exit code says why.
    child.on('error', (error) => {
      underWay.delete(child);
      const why = end?.aborted === true ? reasonOf(end.reason) : error.message;
      reject(new Error(`${program} could not be run: ${why}`));
    });
    child.on('close', (code, signal) => {
      underWay.delete(child);
      const words = Buffer.concat(stderr).toString('utf8');
      if (code === null) reject(new Error(`${program} was ended by ${signal}: ${words.slice(-1000)}`));
      else resolve({ code, stdout: Buffer.concat(stdout), stderr: words });
    });
    child.stdin.end(stdin);
  });
