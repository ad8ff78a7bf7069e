#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { fetchAsHost } from '../adapters/tls/host-authorities.ts';
import { ask, askSecret } from './tool/ask.ts';
import { complete } from './tool/complete.ts';
import { completionScript } from './tool/completion-scripts.ts';
import { secretTool } from './tool/desktop-keyring.ts';
import { tool } from './tool/tool.ts';

// Whoever reads us may stop before the end (`| head`).
process.stdout.on('error', () => process.exit(1));

const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
const out = (text: string) => process.stdout.write(text);
const err = (text: string) => process.stderr.write(text);
const dputConfigurations = ['/etc/dput.cf', join(homedir(), '.dput.cf'), join(homedir(), '.config/dput.cf')];

/** No longer than the terminal is wide: what wraps could not be replaced. */
const lineOn = (stream: NodeJS.WriteStream) => (text: string) =>
  stream.write(`\r\u001B[K${text.slice(0, stream.columns - 1)}`);

const completeWord = async ([cursor = '', ...words]: readonly string[]): Promise<number> => {
  const found = await complete(Number(cursor), words, {
    fetch: fetchAsHost,
    dputConfigurations,
    login: userInfo().username,
  });
  out(found.map((word) => `${word}\n`).join(''));
  return 0;
};

const printScript = ([shell = '']: readonly string[]): number => {
  const script = completionScript(shell);
  if (script === undefined) err('E: --completion is for bash or zsh\n');
  else out(script);
  return script === undefined ? 2 : 0;
};

const runTool = (argv: readonly string[]): Promise<number> =>
  tool(argv, {
    fetch: fetchAsHost,
    dputConfigurations,
    secrets: {
      password: process.env.MINI_BUILDD_PASSWORD,
      token: process.env.MINI_BUILDD_TOKEN,
      keyring: secretTool,
      netrc: process.env.NETRC ?? join(homedir(), '.netrc'),
      ask: isTerminal ? askSecret : undefined,
    },
    out,
    err,
    ask: isTerminal ? ask : undefined,
    readText: (file) => (file === '-' ? text(process.stdin) : readFile(file, 'utf8')),
    columns: process.stdout.columns,
    line: isTerminal ? lineOn(process.stderr) : undefined,
    pause: setTimeout,
  });

const [first, ...rest] = process.argv.slice(2);
if (first === '--complete') process.exitCode = await completeWord(rest);
else if (first === '--completion') process.exitCode = printScript(rest);
else process.exitCode = await runTool(process.argv.slice(2));
