import { spawn } from 'node:child_process';

/** What a program prints when it is given `input`; it must succeed. */
export const piped = (
  program: string,
  args: readonly string[],
  input: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes;
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(said) : reject(new Error(`${program} ended with ${code}`))));
    child.stdin.end(input);
  });
