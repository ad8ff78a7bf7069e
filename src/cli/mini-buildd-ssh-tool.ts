#!/usr/bin/env node
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { sentence } from '../domain/refusal.ts';
import { secretTool } from './tool/desktop-keyring.ts';
import { sshWords } from './tool/ssh-words.ts';
import { tool } from './tool/tool.ts';

/*
 * mini-buildd-ssh-tool [-P PROTOCOL] [USER@]HOST[:PORT]
 *
 * What sshd runs for a key that may talk to one instance as one user, and do nothing else (authorized_keys(5)):
 *
 *   restrict,command="mini-buildd-ssh-tool staff@localhost" ssh-ed25519 AAAA…
 *
 * The password or token is that of the Unix account that the key leads to: ~/.netrc, or the environment that sshd gives. Exits as the tool.
 */
const readStandardInput = async (file: string): Promise<string> => {
  if (file !== '-') throw new Error('by ssh texts come from standard input only: @-');
  return text(process.stdin);
};

const runFor = (target: readonly string[], line: string): Promise<number> | number => {
  const words = sshWords(line);
  if (isLeft(words)) {
    process.stderr.write(`E: ${sentence(words.left)}\n`);
    return 2;
  }
  return tool([...words.right.options, ...target, ...words.right.command], {
    fetch,
    dputConfigurations: [],
    secrets: {
      password: process.env.MINI_BUILDD_PASSWORD,
      token: process.env.MINI_BUILDD_TOKEN,
      keyring: secretTool,
      netrc: join(homedir(), '.netrc'),
      ask: undefined,
    },
    out: (said) => process.stdout.write(said),
    err: (said) => process.stderr.write(said),
    ask: undefined,
    line: undefined,
    readText: readStandardInput,
    columns: undefined,
    pause: setTimeout,
  });
};

process.stdout.on('error', () => process.exit(1));
const target = process.argv.slice(2);
if (target.length === 0) {
  process.stderr.write('Usage: mini-buildd-ssh-tool [-P PROTOCOL] [USER@]HOST[:PORT], as a forced command of sshd\n');
  process.exitCode = 2;
} else {
  process.exitCode = await runFor(target, process.env.SSH_ORIGINAL_COMMAND ?? '');
}
