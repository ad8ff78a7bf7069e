#!/usr/bin/env node
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ask } from './tool/ask.ts';
import { tool } from './tool/tool.ts';

// Whoever reads us may stop before the end (`| head`).
process.stdout.on('error', () => process.exit(1));

process.exitCode = await tool(process.argv.slice(2), {
  fetch,
  dputConfigurations: ['/etc/dput.cf', join(homedir(), '.dput.cf'), join(homedir(), '.config/dput.cf')],
  secrets: {
    password: process.env.MINI_BUILDD_PASSWORD,
    token: process.env.MINI_BUILDD_TOKEN,
    netrc: process.env.NETRC ?? join(homedir(), '.netrc'),
  },
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
  columns: process.stdout.columns,
  pause: setTimeout,
});
