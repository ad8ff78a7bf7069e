import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { end, type Instance } from './instance.ts';
import { eventually, freePort, run } from './programs.ts';

const project = join(import.meta.dirname, '..', '..', '..');

/** A web replica of an instance: a process and a home of its own. */
export type WebReplica = {
  /** `HOST:PORT`. */
  readonly http: string;
  /** SIGTERM; its exit code. */
  readonly stop: () => Promise<number | null>;
};

/** Starts one with the login that `node add` printed, and waits until it is ready. */
export const startWebReplica = async (
  instance: Pick<Instance, 'folder' | 'env'>,
  login: string,
): Promise<WebReplica> => {
  const name = login.slice(0, login.indexOf(':'));
  const home = join(instance.folder, name);
  const http = `127.0.0.1:${await freePort()}`;
  const secret = join(home, 'login');
  await mkdir(home, { recursive: true });
  await writeFile(secret, `${login}\n`);
  await chmod(secret, 0o640);
  await run('chown', ['-R', 'mini-buildd:mini-buildd', home]);
  const { MINI_BUILDD_FTP: _, MINI_BUILDD_HELPER: __, ...env } = instance.env;
  const daemon = spawn(
    'setpriv',
    [
      ...['--reuid=mini-buildd', '--regid=mini-buildd', '--init-groups', '--inh-caps=-all', '--no-new-privs', '--'],
      ...[process.execPath, join(project, 'src', 'cli', 'mini-buildd.ts'), 'serve', '--role', 'web'],
    ],
    {
      cwd: project,
      env: {
        ...process.env,
        ...env,
        MINI_BUILDD_HOME: home,
        MINI_BUILDD_HTTP: http,
        MINI_BUILDD_NODE: http,
        MINI_BUILDD_NODE_LOGIN: secret,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    },
  );
  const stop = (): Promise<number | null> => end(daemon, 'SIGTERM');
  try {
    await eventually(`${name} to be ready`, 120, async () =>
      (await fetch(`http://${http}/readyz`).catch(() => undefined))?.ok ? true : undefined,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { http, stop };
};
