import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Api } from '../../src/ports/api.ts';
import { apiOf, commandRow, serve } from '../adapters/http/served.ts';
import { behindSshd } from './support/sshd.ts';

const program = fileURLToPath(new URL('../../src/cli/mini-buildd-ssh-tool.ts', import.meta.url));

const word = (positional: boolean, multiline: boolean) => ({
  codec: t.string as t.Type<unknown, string, unknown>,
  positional,
  short: undefined,
  fallback: undefined,
  summary: '',
  multiline,
});

/** Commands that answer what they were given. */
const echoing: Api = {
  ...apiOf([]),
  commands: [
    commandRow('show', { arguments: [{ name: 'package', ...word(true, false) } as never] }),
    commandRow('apply', { arguments: [{ name: 'configuration', ...word(true, true) } as never] }),
  ],
  run: async (name, given) => right({ json: { name, given }, plain: `${name} ${JSON.stringify(given)}\n` }) as never,
};

/** A key that may give commands to one instance, and what a client says with it. */
const keyForCommands = async (test: TestContext) => {
  const { port } = await serve(test, { api: echoing });
  const { folder, target, say } = await behindSshd(test, `${process.execPath} ${program} 127.0.0.1:${port}`);
  return {
    folder,
    ssh: (line: string, input?: string) => say('ssh', ['--', target, ...(line === '' ? [] : [line])], input),
    /** What else a key could be used for. */
    sshWith: (option: string, line: string) => say('ssh', [option, '--', target, line]),
    scp: (file: string, ...more: readonly string[]) => say('scp', [...more, file, `${target}:${folder}/brought`]),
  };
};

describe('A key of ssh that may give commands to an instance', () => {
  it('gives them, and texts on standard input', async (test) => {
    const { ssh } = await keyForCommands(test);
    assert.deepEqual(await ssh('show hello'), { code: 0, out: 'show {"package":"hello"}\n', err: '' });
    assert.match((await ssh('--json show "a b"')).out, /"package": "a b"/);
    const applied = await ssh('apply @-', 'layouts: {}\n');
    assert.equal(applied.out, `apply {"configuration":"layouts: {}\\n"}\n`, applied.err);
    const unknown = await ssh('frobnicate');
    assert.equal(unknown.code, 2);
  });

  it('does nothing else, whatever is written', async (test) => {
    const { ssh, sshWith, scp, folder } = await keyForCommands(test);
    const marked = join(folder, 'marked');
    const isMarked = () => spawnSync('test', ['-e', marked]).status === 0;
    for (const line of [
      `show hello; touch ${marked}`,
      `show $(touch ${marked})`,
      `show \`touch ${marked}\``,
      `show hello\ntouch ${marked}`,
      `touch ${marked}`,
      `-oProxyCommand=touch ${marked} show`,
      `show hello > ${marked}`,
      `"$(touch ${marked})" show`,
    ]) {
      const { out } = await ssh(line);
      assert.ok(!isMarked(), line);
      assert.doesNotMatch(out, /^uid=/m);
    }
    assert.deepEqual(await ssh("show '$(id);id'"), { code: 0, out: 'show {"package":"$(id);id"}\n', err: '' });
    const secret = join(folder, 'secret');
    await writeFile(secret, 'of the host\n');
    for (const line of [`apply @${secret}`, `apply "@${secret}"`, 'apply @/etc/passwd']) {
      const { code, out, err } = await ssh(line);
      assert.equal(code, 2, line);
      assert.match(err, /standard input only/);
      assert.doesNotMatch(out + err, /of the host|root:/);
    }
    for (const line of ['', 'admin@elsewhere.example.org status', '-P https show hello', '--completion bash']) {
      const { code, err } = await ssh(line);
      assert.equal(code, 2, line);
      assert.match(err, /not-a-command/);
    }
    await writeFile(join(folder, 'file'), 'bytes\n');
    for (const how of [[], ['-O']]) assert.notEqual((await scp(join(folder, 'file'), ...how)).code, 0);
    assert.notEqual(spawnSync('test', ['-e', join(folder, 'brought')]).status, 0);
    assert.match((await sshWith('-tt', 'show hello')).err, /PTY allocation request failed/);
  });
});
