import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { teller } from '../../../src/app/tell.ts';
import type { DaemonCommand } from '../../../src/domain/command.ts';
import type { Architecture, Codename } from '../../../src/domain/debian/names.ts';
import type { NodeName } from '../../../src/domain/node/events.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { duty } from '../../../src/ports/tell.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { end, type Instance } from './instance.ts';
import { eventually, freePort, run } from './programs.ts';
import { leaveTemplate, linkTemplates, preparedAt } from './template.ts';

const project = join(import.meta.dirname, '..', '..', '..');

/** A builder node of an instance: processes, a root helper and a home of its own, and real sbuild. */
export type BuilderNode = {
  readonly name: string;
  readonly http: string;
  /** `kill -9` of the daemon. */
  readonly kill: () => Promise<void>;
  /** Stops everything and removes what it left on the machine. */
  readonly remove: () => Promise<void>;
};

/** Starts one that was added, with the login that `node add` printed, and waits until it builds. */
export const startBuilderNode = async (
  instance: Instance,
  login: string,
  log: EventLog,
  more: Readonly<Record<string, string>> = {},
): Promise<BuilderNode> => {
  const name = login.slice(0, login.indexOf(':'));
  const home = join(instance.folder, name);
  const own = `${instance.name}${name}`;
  const http = `127.0.0.1:${await freePort()}`;
  const socket = join(home, 'run', 'root-helper.sock');
  const secret = join(home, 'login');
  await mkdir(join(home, 'run'), { recursive: true });
  await writeFile(secret, `${login}\n`);
  await chmod(secret, 0o640);
  await run('chown', ['-R', 'mini-buildd:mini-buildd', home]);
  await sayPrepared(log, name as NodeName, await linkTemplates(own));
  const env = {
    ...instance.env,
    MINI_BUILDD_HOME: home,
    MINI_BUILDD_HTTP: http,
    MINI_BUILDD_NODE: http,
    MINI_BUILDD_INSTANCE: own,
    MINI_BUILDD_HELPER: socket,
    MINI_BUILDD_ROLES: 'builder',
    MINI_BUILDD_NODE_LOGIN: secret,
    ...more,
  };
  const background = (program: string, args: readonly string[]): ChildProcess =>
    spawn(program, args, {
      cwd: project,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
  const helper = background(join(project, 'ops', 'root-helper'), [
    ...['--socket', socket, '--instance', own],
    ...['--daemon-user', 'mini-buildd', '--build-user', 'mini-buildd-build'],
  ]);
  const daemon = background('setpriv', [
    ...['--reuid=mini-buildd', '--regid=mini-buildd', '--init-groups', '--inh-caps=-all', '--no-new-privs', '--'],
    ...[process.execPath, join(project, 'src', 'cli', 'mini-buildd.ts'), 'serve'],
  ]);
  const remove = async (): Promise<void> => {
    await end(daemon, 'SIGTERM');
    await end(helper, 'SIGTERM');
    await leaveTemplate(own);
    for (const folder of ['chroots', 'builds']) await removeFolder(`/var/lib/mini-buildd/${folder}/${own}`);
  };
  try {
    await eventually(`${name} to be ready`, 120, async () =>
      (await fetch(`http://${http}/readyz`).catch(() => undefined))?.ok ? true : undefined,
    );
  } catch (error) {
    await remove();
    throw error;
  }
  return { name, http, kill: async () => void (await end(daemon, 'SIGKILL')), remove };
};

/** As an earlier life of the node would have said it. */
const sayPrepared = async (
  log: EventLog,
  node: NodeName,
  lent: Awaited<ReturnType<typeof linkTemplates>>,
): Promise<void> => {
  const tell = teller(log, async () => undefined);
  const say = async (command: DaemonCommand): Promise<number> => {
    const told = await tell(command, duty('work-as-node', node));
    if (isLeft(told)) throw new Error(JSON.stringify(told.left));
    return told.right.at(-1)?.revision ?? 0;
  };
  const started = { type: 'NodeStarted', node, address: '127.0.0.1:1', room: 1, architectures: [] } as const;
  const token = await say({ command: 'StartNode', started });
  for (const { chroot, template } of lent) {
    const [codename, architecture, checks] = chroot.split('-');
    await say({
      command: 'ReportNode',
      token,
      event: {
        type: 'NodeChrootPrepared',
        node,
        purpose: checks === undefined ? 'builds' : 'checks',
        codename: codename as Codename,
        architecture: architecture as Architecture,
        generation: template,
        preparedAt: preparedAt(template),
        seconds: 0,
      },
    });
  }
  await say({ command: 'StopNode', node, token });
};
