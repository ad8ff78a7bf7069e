import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { settingsFrom } from '../../src/settings.ts';
import { dial } from '../adapters/ftp/dialogue.ts';
import { assertWhole } from '../adapters/reprepro/whole.ts';
import { type EventStoreServer, startEventStoreServer } from '../support/eventstore-server.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { eventually, freePort } from './support/programs.ts';
import { setUpQuick, sourceUpload } from './support/quick-daemon.ts';

const distribution = 'trixie-test-unstable';

type Node = { readonly http: string; readonly ftp: number; readonly env: NodeJS.ProcessEnv; child?: ChildProcess };

describe('two daemons on one event store and one shared folder', () => {
  let folder: string;
  let store: EventStoreServer;
  let log: EventLog;
  let nodes: readonly [Node, Node];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-lease-'));
    store = await startEventStoreServer();
    log = await openEventStoreLog(store.connectionString);
    nodes = [await node(), await node()];
    await setUpQuick(settingsFrom(nodes[0].env), log);
  });
  after(async () => {
    for (const { child } of nodes ?? []) child?.kill('SIGKILL');
    await log?.close();
    await store?.stop();
    await removeFolder(folder);
  });

  const node = async (): Promise<Node> => {
    const [http, ftp] = [await freePort(), await freePort()];
    const env = {
      PATH: process.env.PATH,
      MINI_BUILDD_HOME: join(folder, 'home'),
      MINI_BUILDD_LOG: store.connectionString,
      MINI_BUILDD_HOSTNAME: 'buildd.example.org',
      MINI_BUILDD_HTTP: `127.0.0.1:${http}`,
      MINI_BUILDD_FTP: `127.0.0.1:${ftp}`,
      MINI_BUILDD_NODE: `127.0.0.1:${http}`,
      MINI_BUILDD_TAKE_OVER_AFTER: '8',
      MINI_BUILDD_SMTP: 'none',
    };
    return { http: `http://127.0.0.1:${http}`, ftp, env };
  };
  const launch = (one: Node): void => {
    const program = join(import.meta.dirname, 'support', 'quick-node.ts');
    one.child = spawn(process.execPath, [program], { env: one.env, stdio: ['ignore', 'inherit', 'inherit'] });
  };
  const readiness = async ({ http }: Node): Promise<string> =>
    fetch(`${http}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
      (answer) => answer.text(),
      () => '',
    );
  const ready = (one: Node) =>
    eventually(`${one.http} to be ready`, 120, async () =>
      (await readiness(one)).startsWith('ready') ? true : undefined,
    );
  const waits = (one: Node) =>
    eventually(`${one.http} to wait`, 60, async () => /its standby/.test(await readiness(one)) || undefined);
  const upload = async (one: Node, source: string): Promise<void> => {
    const client = await dial(one.ftp);
    for (const line of ['USER anonymous', 'PASS test@example.org', 'CWD /incoming', 'TYPE I']) await client.say(line);
    for (const path of await sourceUpload(join(folder, 'uploads'), { source, version: '1.0~test13+1', distribution }))
      assert.match(await client.store(basename(path), await readFile(path)), /^226/);
    await client.say('QUIT');
  };
  const published = async (): Promise<readonly string[]> => {
    const published = join(folder, 'home/repositories/test/published/dists', distribution, 'main');
    const [binary = ''] = (await readdir(published).catch(() => [])).filter((name) => name.startsWith('binary-'));
    const text = await readFile(join(published, binary, 'Packages'), 'utf8').catch(() => '');
    return [...text.matchAll(/^Package: (.*)$/gm)].map(([, name]) => name ?? '').sort();
  };
  /** Stopped by itself, where `quick-node.ts` says. */
  const isStopped = (child: ChildProcess | undefined) =>
    eventually('the holder to stop itself', 60, async () =>
      /^State:\s+T/m.test(await readFile(`/proc/${child?.pid}/status`, 'utf8')) ? true : undefined,
    );
  const ended = (child: ChildProcess | undefined) =>
    eventually('the former holder to end', 60, () => child?.exitCode ?? undefined);

  it('work as one, whoever is stopped in the middle and wakes up later', async () => {
    const [one, other] = nodes;
    launch(one);
    await ready(one);
    launch(other);
    await waits(other);
    const uploaded: string[] = [];
    let [holder, standby] = [one, other];
    for (const stoppedAfter of [0, 150, 400, 900, 'before-the-switch'] as const) {
      const source = `lease-${stoppedAfter}`;
      if (typeof stoppedAfter === 'string') await writeFile(join(folder, 'stop-before-switch'), '');
      await upload(holder, source);
      uploaded.push(source);
      if (typeof stoppedAfter === 'string') await isStopped(holder.child);
      else await pause(stoppedAfter);
      holder.child?.kill('SIGSTOP');
      await ready(standby);
      await eventually(`${source} to be published`, 120, async () =>
        (await published()).includes(source) ? true : undefined,
      );
      const taken = (await log.readAll(undefined, 5_000)).length;
      holder.child?.kill('SIGCONT');
      assert.equal(await ended(holder.child), 1, 'who was fenced ends');
      assert.deepEqual(await published(), [...uploaded].sort());
      await assertWhole(join(folder, 'home/repositories/test/published'));
      const since = (await log.readAll(undefined, 5_000)).slice(taken);
      assert.deepEqual(
        since.filter(({ body }) => body.type.startsWith('ArchiveLease')),
        [],
        'the lease stays where it is',
      );
      launch(holder);
      await waits(holder);
      [holder, standby] = [standby, holder];
    }
    const installed = (await log.query({ type: 'PackageInstalled', limit: 100 })).map(({ subject }) => subject.package);
    assert.deepEqual(installed.sort(), [...uploaded].sort(), 'each once');

    holder.child?.kill('SIGTERM');
    await eventually('the holder to end in order', 60, () => holder.child?.exitCode ?? undefined);
    await ready(standby);
    assert.match(JSON.stringify((await log.readStream('lease-archive' as never)).at(-2)?.body), /ArchiveLeaseReleased/);
  });
});
