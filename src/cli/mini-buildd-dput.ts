#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/*
 * mini-buildd-dput [options of dput] TARGET FILE.changes…
 *
 * Uploads with dput, and ends when apt sees the packages, or when it is known that it will not: then with 1. What dput cannot send ends
 * as dput ends. MINI_BUILDD_TOOL names another mini-buildd-tool than the one beside this program.
 */
const words = process.argv.slice(2);
const changes = words.filter((word) => word.endsWith('.changes'));
const target = words[words.indexOf(changes[0] ?? '') - 1];

const run = (program: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.once('error', (error) => {
      process.stderr.write(`mini-buildd-dput: ${program}: ${error.message}\n`);
      resolve(2);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });

/** What became of exactly this file: the instance knows uploads by the digest of their `.changes`. */
const followed = async (file: string): Promise<number> => {
  const digest = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  const beside = [process.execPath, fileURLToPath(new URL('mini-buildd-tool.ts', import.meta.url))];
  const [tool = '', ...before] = process.env.MINI_BUILDD_TOOL === undefined ? beside : [process.env.MINI_BUILDD_TOOL];
  return run(tool, [...before, String(target), 'uploads', '--changes', digest, '--wait']);
};

if (changes.length === 0 || target === undefined || target.startsWith('-')) {
  process.stderr.write('Usage: mini-buildd-dput [options of dput] TARGET FILE.changes…\n');
  process.exitCode = 2;
} else {
  process.exitCode = await run('dput', words);
  for (const file of process.exitCode === 0 ? changes : []) {
    const code = await followed(file);
    if (code !== 0) process.exitCode = code;
  }
}
