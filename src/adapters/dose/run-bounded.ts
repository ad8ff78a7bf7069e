import { spawn } from 'node:child_process';

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a program with arguments, no shell. Resolves when it ended or was ended: of its own, of its time, or of what it wrote. */
export type Run = (program: string, args: readonly string[], bounds: Bounds) => Promise<Ran>;

export type Bounds = { readonly milliseconds: number; readonly bytes: number };

export const runBounded: Run = (program, args, { milliseconds, bytes }) =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: '/nonexistent' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const words: { out: Buffer[]; err: Buffer[] } = { out: [], err: [] };
    let written = 0;
    const take = (into: Buffer[]) => (chunk: Buffer) => {
      written += chunk.length;
      if (written > bytes) child.kill('SIGKILL');
      else into.push(chunk);
    };
    child.stdout.on('data', take(words.out));
    child.stderr.on('data', take(words.err));
    const late = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    const end = (code: number | null, more = ''): void => {
      clearTimeout(late);
      resolve({
        code,
        stdout: Buffer.concat(words.out).toString('latin1'),
        stderr: `${Buffer.concat(words.err).toString('utf8')}${more}`,
      });
    };
    child.on('error', (error) => end(null, error.message));
    child.on('close', (code) => end(code));
  });
