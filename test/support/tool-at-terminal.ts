import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { tool } from '../../src/cli/tool/tool.ts';
import { passwordOf } from './accounts-at-work.ts';
import { memoryDesktopKeyring } from './memory-desktop-keyring.ts';

/** What becomes of a line that a page shows: its words as a shell reads them, `more` options, run by the tool for `adam`. */
export const atTerminal = async (url: string, line: string, ...more: readonly string[]) => {
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
  assert.equal(words[0], 'mini-buildd-tool', line);
  let out = '';
  let err = '';
  const code = await tool(['--json', `adam@${new URL(url).host}`, ...words.slice(2), ...more], {
    fetch,
    dputConfigurations: [],
    secrets: {
      password: passwordOf('adam'),
      token: undefined,
      keyring: memoryDesktopKeyring(),
      netrc: '/nonexistent/.netrc',
      ask: undefined,
    },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ask: undefined,
    readText: async () => assert.fail('no file is read'),
    line: undefined,
    columns: 100,
    pause: async () => undefined,
  });
  return { code, out, err };
};

/** What the line prints for a program. */
export const answeredAtTerminal = async (url: string, line: string): Promise<unknown> => {
  const { code, out, err } = await atTerminal(url, line);
  assert.equal(code, 0, `${line}: ${err}`);
  return JSON.parse(out);
};
