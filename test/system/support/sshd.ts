import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { removeFolder } from '../../support/remove-folder.ts';
import { eventually, freePort, type Ran, run } from './programs.ts';

/** A real sshd on the loopback that knows one key, and what it is for. */
export type Sshd = {
  /** The test's own files, gone with it; `user` is the private key. */
  readonly folder: string;
  readonly port: number;
  /** `USER@HOST`, as programs take it. */
  readonly target: string;
  /** Options of ssh that choose key and host, each as `-o` takes it. */
  readonly options: readonly string[];
  /** Runs ssh, scp or sftp with these options to its end. */
  readonly say: (program: string, args: readonly string[], input?: string) => Promise<Ran>;
};

/** `forced` is the command that the key leads to. */
export const behindSshd = async (test: TestContext, forced: string): Promise<Sshd> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-ssh-'));
  for (const key of ['host', 'user'])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  const publicKey = await readFile(join(folder, 'user.pub'), 'utf8');
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
    await removeFolder(folder);
  });
  await eventually('sshd to listen', 60, async () => ((await answers(port)) ? true : undefined));
  const options = [
    `Port=${port}`,
    `IdentityFile=${join(folder, 'user')}`,
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'BatchMode=yes',
  ];
  return {
    folder,
    port,
    target: `${userInfo().username}@127.0.0.1`,
    options,
    say: (program, args, input = '') =>
      spoken(program, ['-F', 'none', ...options.flatMap((option) => ['-o', option]), ...args], input),
  };
};

const spoken = async (program: string, args: readonly string[], input: string): Promise<Ran> => {
  const child = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'], timeout: 60_000 });
  child.stdin.on('error', () => undefined).end(input);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += chunk));
  child.stderr.on('data', (chunk) => (said.err += chunk));
  const [code] = await once(child, 'close');
  return { code, ...said };
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
