import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../support/remove-folder.ts';
import { attempt, eventually, freePort, type Ran, run } from './programs.ts';
import { borrowTemplate, leaveRoom } from './template.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const node = process.execPath;

/** One row of the `uploads` command. */
export type UploadRow = {
  readonly upload: string;
  readonly changes: string;
  readonly source: string | null;
  readonly version: string | null;
  readonly status: string;
  readonly retryOf: string | null;
  readonly refusal: { readonly rule: string; readonly fact: string; readonly remedy: string } | null;
  readonly builds: readonly {
    readonly build: string;
    readonly architecture: string;
    readonly status: string;
    readonly attempts: number;
    readonly class: string | null;
    readonly waits: string | null;
  }[];
};

/** An event as `/mini_buildd/events` shows it. */
export type LoggedEvent = {
  readonly id: string;
  readonly position: string;
  readonly recordedAt: string;
  readonly body: { readonly type: string } & Record<string, unknown>;
};

/**
 * A whole instance with processes, users and ports of its own, started as `ops/start` does it. Needs root and what `ops/prepare-machine`
 * installs.
 */
export type Instance = {
  /** How its chroots and builds are told from others' on this machine. */
  readonly name: string;
  readonly home: string;
  /** `HOST:PORT` of HTTP. */
  readonly http: string;
  readonly ftpPort: number;
  /** What its programs are told by the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder for the test's own files, gone with the instance. */
  readonly folder: string;
  readonly tool: (...args: string[]) => Promise<Ran>;
  readonly json: <A>(...args: string[]) => Promise<A>;
  readonly uploads: () => Promise<readonly UploadRow[]>;
  readonly events: (filter?: string) => Promise<readonly LoggedEvent['body'][]>;
  /** The same with their envelopes. */
  readonly recorded: (filter?: string) => Promise<readonly LoggedEvent[]>;
  /**
   * Waits until `look` finds `what` in the upload of `source` in `version`; fails at once when that ended without it. A failure says how
   * the upload stood.
   */
  readonly awaits: <A>(
    source: string,
    version: string,
    what: string,
    look: (row: UploadRow) => A | undefined,
  ) => Promise<A>;
  /** Waits until the upload of `source` in `version` is in `status`; fails at once when it ended otherwise. */
  readonly reaches: (source: string, version: string, status: string) => Promise<UploadRow>;
  /** `kill -9` of the daemon alone: the root helper lives, as it would below systemd. */
  readonly kill: () => Promise<void>;
  /** Starts the daemon again, and waits until it takes uploads. */
  readonly start: () => Promise<void>;
  /** Starts it and does not wait. */
  readonly launch: () => void;
  /** SIGTERM; the exit code, which has to come within a minute. */
  readonly stop: () => Promise<number | null>;
  /** `kill -9` of the root helper and everything it started, as systemd and a lack of memory do. */
  readonly killHelper: () => Promise<void>;
  readonly startHelper: () => void;
  /** Runs `mini-buildd ARGS` as the daemon's user to its end. */
  readonly verb: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Ran>;
  /** Stops everything and removes what it left on the machine. */
  readonly remove: () => Promise<void>;
};

const ended: ReadonlySet<string> = new Set(['rejected', 'failed', 'published']);

/**
 * Where an instance is when that is not here: its address, the words that a program is started by to be there, and what others know it by when that is not
 * where the test talks to it.
 */
export type Whereabouts = { readonly address: string; readonly enter: readonly string[]; readonly url?: string };

/**
 * `more` is what its daemon is told by the environment besides, `setup` the verb that sets it up, `settle` what is done then and before its first
 * start.
 */
export const startInstance = async (
  more: Readonly<Record<string, string>> = {},
  setup: readonly string[] = ['setup'],
  at: Whereabouts = { address: '127.0.0.1', enter: [] },
  settle: (instance: Pick<Instance, 'folder' | 'verb'>) => Promise<void> = async () => undefined,
): Promise<Instance> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-system-'));
  await chmod(folder, 0o755);
  const home = join(folder, 'home');
  const [httpPort, ftpPort] = [await freePort(), await freePort()];
  const http = `${at.address}:${httpPort}`;
  const instance = `t${process.pid}${folder
    .slice(-6)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '0')}`;
  const socket = join(home, 'run', 'root-helper.sock');
  const env = {
    MINI_BUILDD_HOME: home,
    MINI_BUILDD_HTTP: [...(at.url === undefined ? [] : [at.url]), http].join(','),
    MINI_BUILDD_FTP: `${at.address}:${ftpPort}`,
    MINI_BUILDD_INSTANCE: instance,
    MINI_BUILDD_HELPER: socket,
    MINI_BUILDD_HOSTNAME: at.address,
    MINI_BUILDD_LOG_LEVEL: 'warn',
    // Nobody's mail leaves this machine because of a test.
    MINI_BUILDD_SMTP: 'none',
    ...more,
  };
  await mkdir(join(home, 'run'), { recursive: true });
  await run('chown', ['-R', 'mini-buildd:mini-buildd', home]);

  const asDaemon = (...args: string[]): readonly string[] => [
    ...['--reuid=mini-buildd', '--regid=mini-buildd', '--init-groups', '--inh-caps=-all', '--no-new-privs', '--'],
    ...[node, join(project, 'src', 'cli', 'mini-buildd.ts'), ...args],
  ];
  const background = (program: string, args: readonly string[]): ChildProcess =>
    spawn(program, args, {
      cwd: project,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });

  let helper: ChildProcess | undefined;
  const startHelper = (): void => {
    helper = background(join(project, 'ops', 'root-helper'), [
      ...['--socket', socket, '--instance', instance],
      ...['--daemon-user', 'mini-buildd', '--build-user', 'mini-buildd-build'],
    ]);
  };
  let daemon: ChildProcess | undefined;
  const launch = (): void => {
    const [program = '', ...args] = [...at.enter, 'setpriv', ...asDaemon('serve')];
    daemon = background(program, args);
  };
  const start = async (): Promise<void> => {
    launch();
    await eventually('the daemon to be ready', 120, async () => {
      if (hasEnded(daemon)) throw new Error(`the daemon ended with ${daemon?.exitCode}`);
      return (await fetch(`http://${http}/readyz`).catch(() => undefined))?.ok ? true : undefined;
    });
  };
  const tool = (...args: string[]) =>
    attempt(node, [join(project, 'src', 'cli', 'mini-buildd-tool.ts'), http, ...args]);
  const json = async <A>(...args: string[]): Promise<A> => {
    const { code, out, err } = await tool(...args, '--json');
    if (code !== 0) throw new Error(`${args.join(' ')}: ${err}`);
    return JSON.parse(out) as A;
  };
  const uploads = () => json<readonly UploadRow[]>('uploads');
  const recorded = async (filter = ''): Promise<readonly LoggedEvent[]> => {
    const answer = await fetch(`http://${http}/mini_buildd/events?limit=1000&after=&${filter}`);
    return ((await answer.json()) as { events: readonly LoggedEvent[] }).events;
  };
  const awaits: Instance['awaits'] = async (source, version, what, look) => {
    let last: UploadRow | undefined;
    const stands = () =>
      `${source} ${version} has ${last?.status ?? 'no upload'}, wanted ${what}: ${JSON.stringify(last)}`;
    try {
      return await eventually(what, 600, async () => {
        last = (await uploads()).find((each) => each.source === source && each.version === version);
        const found = last && look(last);
        if (found === undefined && last !== undefined && ended.has(last.status)) throw new Error('it has ended');
        return found;
      });
    } catch (error) {
      throw new Error(stands(), { cause: error });
    }
  };
  const verb = (args: readonly string[], besides: NodeJS.ProcessEnv = {}): Promise<Ran> =>
    attempt('setpriv', asDaemon(...args), { cwd: project, env: { ...env, ...besides } });

  const remove = async (): Promise<void> => {
    await end(daemon, 'SIGTERM');
    await end(helper, 'SIGTERM');
    await leaveRoom(instance);
    await removeFolder(folder);
  };

  try {
    startHelper();
    const { code, err } = await verb(setup);
    if (code !== 0) throw new Error(`setup: ${err}`);
    await settle({ folder, verb });
    if (!setup.includes('--bare')) await borrowTemplate(instance, home, more.MINI_BUILDD_LOG ?? 'embedded:');
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    name: instance,
    home,
    http,
    ftpPort,
    env,
    folder,
    tool,
    json,
    uploads,
    recorded,
    events: async (filter) => (await recorded(filter)).map(({ body }) => body),
    awaits,
    reaches: (source, version, status) =>
      awaits(source, version, `status ${status}`, (row) => (row.status === status ? row : undefined)),
    kill: async () => void (await end(daemon, 'SIGKILL')),
    start,
    launch,
    stop: () => end(daemon, 'SIGTERM'),
    killHelper: async () => void (await end(helper, 'SIGKILL')),
    startHelper,
    verb,
    remove,
  };
};

const hasEnded = (child: ChildProcess | undefined): boolean =>
  child === undefined || child.exitCode !== null || child.signalCode !== null;

/** Each process leads a group: SIGKILL is for all of it. Returns the exit code. */
export const end = async (child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<number | null> => {
  if (child?.pid === undefined || hasEnded(child)) return child?.exitCode ?? null;
  process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
  try {
    await eventually(`${child.spawnfile} to end by ${signal}`, 60, () => hasEnded(child) || undefined);
  } catch (error) {
    process.kill(-child.pid, 'SIGKILL');
    throw error;
  }
  return child.exitCode;
};

/** A dput configuration that leads to the instance, as it hands it out itself. Returns the file and the target's name. */
export const dputConfiguration = async (
  instance: Instance,
): Promise<{ readonly file: string; readonly target: string }> => {
  const section = (await instance.tool('getdputconf')).out;
  const file = join(instance.folder, 'dput.cf');
  await writeFile(file, section);
  return { file, target: /^\[(.+)\]/.exec(section)?.[1] ?? '' };
};

export const dput = async (instance: Instance, changes: string): Promise<void> => {
  const { file, target } = await dputConfiguration(instance);
  await run('dput', ['--unchecked', '--config', file, target, changes]);
};

/** The distribution of the sandbox that takes uploads, and what versions in it end in: `~test12+1`. */
export const sandbox = async (
  instance: Instance,
): Promise<{ readonly distribution: string; readonly suffix: string }> => {
  const rows = await instance.json<readonly { distribution: string; defaultVersion: string }[]>('distributions');
  const row = rows.find(({ distribution }) => distribution.endsWith('-test-unstable'));
  return { distribution: row?.distribution ?? '', suffix: row?.defaultVersion ?? '' };
};
