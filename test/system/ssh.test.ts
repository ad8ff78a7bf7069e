import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Api } from '../../src/ports/api.ts';
import { commandRow, serve } from '../adapters/http/served.ts';
import { run } from './support/programs.ts';

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
  commands: [
    commandRow('show', { arguments: [{ name: 'package', ...word(true, false) } as never] }),
    commandRow('apply', { arguments: [{ name: 'configuration', ...word(true, true) } as never] }),
  ],
  run: async (name, given) => right({ json: { name, given }, plain: `${name} ${JSON.stringify(given)}\n` }) as never,
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  return port;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** A real sshd on the loopback that knows one key, which may give commands to one instance. */
const behindSshd = async (test: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-ssh-'));
  const { port: http } = await serve(test, { api: echoing });
  for (const key of ['host', 'user'])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  const publicKey = await readFile(join(folder, 'user.pub'), 'utf8');
  const forced = `${process.execPath} ${program} 127.0.0.1:${http}`;
  await writeFile(join(folder, 'authorized_keys'), `restrict,command="${forced}" ${publicKey}`);
  const port = await freePort();
  const settings = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin forced-commands-only',
    'Subsystem sftp /usr/lib/openssh/sftp-server',
  ];
  await writeFile(join(folder, 'sshd_config'), `${settings.join('\n')}\n`);
  await chmod(folder, 0o700);
  await mkdir('/run/sshd', { recursive: true });
  const daemon: ChildProcess = spawn('/usr/sbin/sshd', ['-D', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' });
  test.after(async () => {
    daemon.kill();
    if (daemon.exitCode === null) await once(daemon, 'exit');
    await rm(folder, { recursive: true });
  });
  for (let tries = 0; tries < 100 && !(await answers(port)); tries += 1) await setTimeout(100);
  const how = ['-F', 'none', '-i', join(folder, 'user'), '-o', 'StrictHostKeyChecking=no'];
  const quiet = ['-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', '-o', 'BatchMode=yes'];
  const common = [...how, ...quiet];
  const spoken = async (name: string, args: readonly string[], input = '') => {
    const child = spawn(name, [...args], { stdio: ['pipe', 'pipe', 'pipe'], timeout: 60_000 });
    child.stdin.on('error', () => undefined).end(input);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (said.out += chunk));
    child.stderr.on('data', (chunk) => (said.err += chunk));
    const [code] = await once(child, 'close');
    return { code, ...said };
  };
  return {
    folder,
    ssh: (line: string, input?: string) =>
      spoken(
        'ssh',
        [...common, '-p', String(port), '--', `${userInfo().username}@127.0.0.1`, ...(line === '' ? [] : [line])],
        input,
      ),
    /** What else a key could be used for. */
    sshWith: (...args: readonly string[]) =>
      spoken('ssh', [
        ...common,
        ...args.slice(0, -1),
        '-p',
        String(port),
        '--',
        `${userInfo().username}@127.0.0.1`,
        ...args.slice(-1),
      ]),
    scp: (file: string, ...more: readonly string[]) =>
      spoken('scp', [
        ...common,
        ...more,
        '-P',
        String(port),
        file,
        `${userInfo().username}@127.0.0.1:${folder}/brought`,
      ]),
  };
};

describe('A key of ssh that may give commands to an instance', () => {
  it('gives them, and texts on standard input', async (test) => {
    const { ssh } = await behindSshd(test);
    assert.deepEqual(await ssh('show hello'), { code: 0, out: 'show {"package":"hello"}\n', err: '' });
    assert.match((await ssh('--json show "a b"')).out, /"package": "a b"/);
    const applied = await ssh('apply @-', 'layouts: {}\n');
    assert.equal(applied.out, `apply {"configuration":"layouts: {}\\n"}\n`, applied.err);
    const unknown = await ssh('frobnicate');
    assert.equal(unknown.code, 2);
  });

  it('does nothing else, whatever is written', async (test) => {
    const { ssh, sshWith, scp, folder } = await behindSshd(test);
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
