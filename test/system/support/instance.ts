import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, eventually, type Ran, run } from './programs.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const node = process.execPath;

/** One row of the `uploads` command. */
export type UploadRow = {
  readonly upload: string;
  readonly changes: string;
  readonly source: string | null;
  readonly version: string | null;
  readonly status: string;
  readonly refusal: { readonly rule: string; readonly fact: string; readonly remedy: string } | null;
  readonly builds: readonly {
    readonly build: string;
    readonly architecture: string;
    readonly status: string;
    readonly attempts: number;
    readonly class: string | null;
  }[];
};

type LoggedEvent = { readonly body: { readonly type: string } & Record<string, unknown> };

/**
 * A whole instance with processes, users and ports of its own, started as `ops/start` does it. Needs root and what `ops/prepare-machine`
 * installs.
 */
export type Instance = {
  readonly home: string;
  /** `HOST:PORT` of HTTP. */
  readonly http: string;
  readonly ftpPort: number;
  /** A folder for the test's own files, gone with the instance. */
  readonly folder: string;
  readonly tool: (...args: string[]) => Promise<Ran>;
  readonly json: <A>(...args: string[]) => Promise<A>;
  readonly uploads: () => Promise<readonly UploadRow[]>;
  readonly events: (filter?: string) => Promise<readonly LoggedEvent['body'][]>;
  /** Waits until the upload of `source` in `version` is in `status`; fails at once when it ended otherwise. */
  readonly reaches: (source: string, version: string, status: string) => Promise<UploadRow>;
  /** `kill -9` of the daemon alone: the root helper lives, as it would below systemd. */
  readonly kill: () => Promise<void>;
  /** Starts the daemon again. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Stops everything and removes what it left on the machine. */
  readonly remove: () => Promise<void>;
};

const ended: ReadonlySet<string> = new Set(['rejected', 'failed', 'published']);

export const startInstance = async (): Promise<Instance> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-system-'));
  await chmod(folder, 0o755);
  const home = join(folder, 'home');
  const [httpPort, ftpPort] = [await freePort(), await freePort()];
  const http = `127.0.0.1:${httpPort}`;
  const instance = `t${process.pid}${folder
    .slice(-6)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '0')}`;
  const socket = join(home, 'run', 'root-helper.sock');
  const env = {
    MINI_BUILDD_HOME: home,
    MINI_BUILDD_HTTP: http,
    MINI_BUILDD_FTP: `127.0.0.1:${ftpPort}`,
    MINI_BUILDD_INSTANCE: instance,
    MINI_BUILDD_HELPER: socket,
    MINI_BUILDD_HOSTNAME: '127.0.0.1',
    MINI_BUILDD_LOG_LEVEL: 'warn',
  };
  await mkdir(join(home, 'run'), { recursive: true });
  await run('chown', ['-R', 'mini-buildd:mini-buildd', home]);

  const asDaemon = (...args: string[]): readonly string[] => [
    ...['--reuid=mini-buildd', '--regid=mini-buildd', '--init-groups', '--inh-caps=-all', '--no-new-privs', '--'],
    ...[node, join(project, 'src', 'cli', 'mini-buildd.ts'), ...args],
  ];
  const background = (program: string, args: readonly string[]): ChildProcess =>
    spawn(program, args, { cwd: project, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });

  const helper = background(join(project, 'ops', 'root-helper'), [
    ...[
      '--socket',
      socket,
      '--daemon-user',
      'mini-buildd',
      '--build-user',
      'mini-buildd-build',
      '--instance',
      instance,
    ],
  ]);
  let daemon: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    daemon = background('setpriv', asDaemon('serve'));
    const gone = daemon;
    await eventually('the daemon to be ready', 60, async () => {
      if (gone.exitCode !== null) throw new Error(`the daemon ended with ${gone.exitCode}`);
      return (await fetch(`http://${http}/readyz`).catch(() => undefined))?.ok ? true : undefined;
    });
  };
  const end = async (child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await gone;
  };
  const tool = (...args: string[]) =>
    attempt(node, [join(project, 'src', 'cli', 'mini-buildd-tool.ts'), http, ...args]);
  const json = async <A>(...args: string[]): Promise<A> => {
    const { code, out, err } = await tool(...args, '--json');
    if (code !== 0) throw new Error(`${args.join(' ')}: ${err}`);
    return JSON.parse(out) as A;
  };
  const uploads = () => json<readonly UploadRow[]>('uploads');
  const stop = async (): Promise<void> => {
    await end(daemon, 'SIGTERM');
  };
  await run('setpriv', asDaemon('setup'), { cwd: project, env });
  await start();
  return {
    home,
    http,
    ftpPort,
    folder,
    tool,
    json,
    uploads,
    events: async (filter = '') => {
      const answer = await fetch(`http://${http}/mini_buildd/events?limit=1000&after=&${filter}`);
      const { events } = (await answer.json()) as { events: readonly LoggedEvent[] };
      return events.map(({ body }) => body);
    },
    reaches: (source, version, status) =>
      eventually(`${source} ${version} to be ${status}`, 240, async () => {
        const row = (await uploads()).find((each) => each.source === source && each.version === version);
        if (row === undefined) return undefined;
        if (row.status !== status && ended.has(row.status)) {
          throw new Error(
            `${source} ${version} is ${row.status}: ${JSON.stringify(row.refusal)} ${JSON.stringify(row.builds)}`,
          );
        }
        return row.status === status ? row : undefined;
      }),
    kill: () => end(daemon, 'SIGKILL'),
    start,
    stop,
    remove: async () => {
      await stop();
      await end(helper, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
      await rm(`/var/lib/mini-buildd/chroots/${instance}`, { recursive: true, force: true });
      await rm(`/var/lib/mini-buildd/builds/${instance}`, { recursive: true, force: true });
    },
  };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** A dput configuration that leads to the instance, as it hands it out itself. Returns the file and the target's name. */
export const dputConfiguration = async (
  instance: Instance,
): Promise<{ readonly file: string; readonly target: string }> => {
  const section = (await instance.tool('getdputconf')).out;
  const file = join(instance.folder, 'dput.cf');
  await writeFile(file, section);
  return { file, target: /^\[(.+)\]/.exec(section)?.[1] ?? '' };
};
