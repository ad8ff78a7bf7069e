import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { readHostArchive } from '../../src/adapters/host/host-archive.ts';
import { chroots } from '../../src/adapters/sbuild/chroots.ts';
import { helperSessions } from '../../src/adapters/sbuild/helper-sessions.ts';
import { rootHelper } from '../../src/adapters/sbuild/root-helper.ts';
import { sbuildBuilder } from '../../src/adapters/sbuild/sbuild-builder.ts';
import type { ChrootConfigured } from '../../src/domain/configuration/chroot-events.ts';
import type { InstanceId, SourceConfigured } from '../../src/domain/configuration/events.ts';
import { firstRun, type Host } from '../../src/domain/configuration/first-run.ts';
import { webAddress } from '../../src/domain/configuration/web-address.ts';
import { removeFolder } from '../support/remove-folder.ts';

const daemonUser = 'mini-buildd';

/**
 * A root helper at work for an instance of the tests', and the adapters that use it. From here to `stop` this process acts as the daemon's
 * user, as the daemon does: what only root may do fails here too.
 */
export const helperAtWork = async (instance: string, more: readonly string[] = []) => {
  const project = resolve(import.meta.dirname, '../..');
  process.setgroups?.([]);
  process.setegid?.(daemonUser);
  process.seteuid?.(daemonUser);
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-helper-'));
  const socket = join(folder, 'helper.sock');
  const start = async (): Promise<ChildProcess> => {
    process.seteuid?.(0);
    process.setegid?.(0);
    const options = ['--socket', socket, '--daemon-user', daemonUser, '--build-user', 'mini-buildd-build'];
    const started = spawn(`${project}/ops/root-helper`, [...options, '--instance', instance, ...more], {
      stdio: 'inherit',
      detached: true,
    });
    process.setegid?.(daemonUser);
    process.seteuid?.(daemonUser);
    await listening(socket, started);
    return started;
  };
  let process_ = await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    process.seteuid?.(0);
    const ended = once(process_, 'exit');
    // The helper leads a group; SIGKILL to all of it is what a power cut does.
    process.kill(signal === 'SIGKILL' ? -(process_.pid ?? 0) : (process_.pid ?? 0), signal);
    process.seteuid?.(daemonUser);
    await ended;
  };
  const helper = rootHelper(socket);
  const files = fileStore(join(folder, 'files'));
  await mkdir(join(folder, 'work'));
  return {
    folder,
    helper,
    files,
    chroots: chroots({ helper }),
    builder: sbuildBuilder({ helper, files, workFolder: join(folder, 'work'), logLimit: 4 * 2 ** 20 }),
    sessions: helperSessions({ helper, files, workFolder: join(folder, 'work') }),
    /** As `kill -9` or a power cut would. */
    killHelper: () => end('SIGKILL'),
    startHelper: async () => {
      process_ = await start();
    },
    stop: async () => {
      await end('SIGTERM');
      await removeFolder(folder);
      process.seteuid?.(0);
      process.setegid?.(0);
    },
  };
};

const listening = async (socket: string, helper: ChildProcess): Promise<void> => {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (helper.exitCode !== null) throw new Error(`the root helper ended with ${helper.exitCode}`);
    const answered = await new Promise<boolean>((done) => {
      const connection = createConnection({ path: socket }, () => done(true));
      connection.on('error', () => done(false));
      connection.on('connect', () => connection.destroy());
    });
    if (answered) return;
    await pause(50);
  }
  throw new Error('the root helper did not begin to listen within a minute');
};

/** What a first run would configure here: the chroot, its base source, and the sources beside it. */
export const hostChroot = async (): Promise<{
  readonly host: Host;
  readonly chroot: ChrootConfigured;
  readonly base: SourceConfigured;
  readonly extras: readonly SourceConfigured[];
}> => {
  const host = await readHostArchive();
  const events = firstRun(host, {
    instance: 'test' as InstanceId,
    hostname: 'localhost',
    url: webAddress('http://localhost:8066'),
    ftpPort: 0,
  });
  const chroot = events.find((event) => event.type === 'ChrootConfigured');
  const sources = events.filter((event) => event.type === 'SourceConfigured');
  const base = sources.find(({ suite }) => suite === host.codename);
  if (chroot === undefined || base === undefined) throw new Error('a first run configures no chroot here');
  return { host, chroot, base, extras: sources.filter((source) => source !== base) };
};
