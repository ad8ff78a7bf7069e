import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { complete } from '../../../src/cli/tool/complete.ts';
import { completionScript } from '../../../src/cli/tool/completion-scripts.ts';
import { serve } from '../../adapters/http/served.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, '../../../src/cli/mini-buildd-tool.ts');

/** An instance, a home whose `.dput.cf` leads to it, and what the tool completes there. */
const atTerminal = async (test: TestContext) => {
  const { port } = await serve(test);
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-complete-'));
  test.after(() => removeFolder(home));
  const configuration = join(home, '.dput.cf');
  await writeFile(
    configuration,
    `[mini-buildd-acme]\nfqdn = x\nx_mini_buildd_host = 127.0.0.1:${port}\nx_mini_buildd_users = jane, joe\n\n[other]\nfqdn = y\n`,
  );
  const words = async (line: string): Promise<readonly string[]> => {
    const typed = line.split(' ').map((word) => word.replace('HOST', `127.0.0.1:${port}`));
    return complete(typed.length, typed, { fetch, dputConfigurations: [configuration], login: 'me' });
  };
  return { port, home, words };
};

describe('Completion of words', () => {
  it('knows hosts by dput’s configuration, for the users that it names', async (test) => {
    const { port, words } = await atTerminal(test);
    const host = `127.0.0.1:${port}`;
    assert.deepEqual(await words('127'), [host]);
    assert.deepEqual(await words('mini'), ['mini-buildd-acme']);
    assert.deepEqual(await words('j'), [
      `jane@${host}`,
      'jane@mini-buildd-acme',
      `joe@${host}`,
      'joe@mini-buildd-acme',
    ]);
    assert.deepEqual(await words('--w'), ['--wait']);
    assert.deepEqual(await words('-P h'), ['http', 'https']);
  });

  it('asks the instance for its commands and their options', async (test) => {
    const { words } = await atTerminal(test);
    assert.deepEqual(await words('HOST s'), ['show', 'status', 'stop']);
    assert.deepEqual(await words('-P http HOST re'), ['remove']);
    assert.deepEqual(await words('acme show --w'), ['--wait', '--with-rollbacks']);
    assert.deepEqual(await words('HOST remove hello --c'), ['--confirm']);
    assert.deepEqual(await words('HOST remove hello --confirm '), ['remove']);
    assert.deepEqual(await words('HOST nonsense '), []);
  });

  it('says nothing where nobody answers', async (test) => {
    const { words } = await atTerminal(test);
    assert.deepEqual(await words('127.0.0.1:2 s'), []);
    assert.deepEqual(await words('a/b s'), []);
  });

  /** The tool as a shell finds it. */
  const installed = async (home: string): Promise<NodeJS.ProcessEnv> => {
    const path = join(home, 'mini-buildd-tool');
    await writeFile(path, `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
    await chmod(path, 0o755);
    return { PATH: `${home}:${process.env.PATH}`, HOME: home };
  };

  it('works in bash, also behind the colon of a port and the @ of a user', async (test) => {
    const { port, home } = await atTerminal(test);
    const env = await installed(home);
    await writeFile(join(home, 'completion'), completionScript('bash') ?? '');
    const at = async (setting: string) =>
      (
        await run(
          'bash',
          [
            '-c',
            `. /usr/share/bash-completion/bash_completion; . ${home}/completion; ${setting}; _mini_buildd_tool; printf '%s\\n' "\${COMPREPLY[@]}"`,
          ],
          { env },
        )
      ).stdout
        .trim()
        .split('\n');
    const line = (text: string, ...words: string[]) =>
      `COMP_WORDS=(${words.join(' ')}) COMP_CWORD=${words.length - 1} COMP_LINE='${text}' COMP_POINT=${text.length}`;
    const host = ['127.0.0.1', ':', String(port)];
    assert.deepEqual(await at(line(`mini-buildd-tool ${host.join('')} st`, 'mini-buildd-tool', ...host, 'st')), [
      'status',
      'stop',
    ]);
    assert.deepEqual(await at(line('mini-buildd-tool 127.0.0.1:', 'mini-buildd-tool', '127.0.0.1', ':')), [
      String(port),
    ]);
    const asUser = line('mini-buildd-tool jane@mi', 'mini-buildd-tool', 'jane', '@', 'mi');
    assert.deepEqual(await at(`COMP_WORDBREAKS+=@; ${asUser}`), ['mini-buildd-acme']);
    const whole = line('mini-buildd-tool jane@mi', 'mini-buildd-tool', 'jane@mi');
    assert.deepEqual(await at(`COMP_WORDBREAKS=\${COMP_WORDBREAKS//@}; ${whole}`), ['jane@mini-buildd-acme']);
  });

  it('works in zsh', async (test) => {
    const { port, home } = await atTerminal(test);
    const env = await installed(home);
    const script = `compdef() { :; }; compadd() { shift; print -rl -- "$@"; }
${completionScript('zsh')}
words=(mini-buildd-tool 127.0.0.1:${port} st) CURRENT=3
_mini_buildd_tool`;
    const { stdout } = await run('zsh', ['-f', '-c', script], { env });
    assert.deepEqual(stdout.trim().split('\n'), ['status', 'stop']);
  });

  it('has a script for these two shells', async () => {
    for (const shell of ['bash', 'zsh']) {
      assert.match((await run(process.execPath, [program, '--completion', shell])).stdout, /_mini_buildd_tool/);
    }
    await assert.rejects(run(process.execPath, [program, '--completion', 'tcsh']), { code: 2 });
  });
});
