import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { settingsFrom } from '../../src/settings.ts';
import { dial } from '../adapters/ftp/dialogue.ts';
import { type EventStoreServer, startEventStoreServer } from '../support/eventstore-server.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { privateApt } from './support/client-apt.ts';
import { eventually, freePort } from './support/programs.ts';
import { setUpQuick, sourceUpload } from './support/quick-daemon.ts';

const distribution = 'trixie-test-unstable';

type Node = {
  readonly name: string;
  readonly home: string;
  readonly http: string;
  readonly ftp: number;
  readonly env: NodeJS.ProcessEnv;
  child?: ChildProcess | undefined;
};

describe('Two daemons on one event store, each with a disk of its own', () => {
  let folder: string;
  let store: EventStoreServer;
  let log: EventLog;
  let nodes: readonly [Node, Node];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-standby-'));
    store = await startEventStoreServer();
    log = await openEventStoreLog(store.connectionString);
    nodes = [await node('one'), await node('two')];
    // Before there is anybody to let in, the archive has no standby.
    await setUpQuick(settingsFrom(nodes[0].env), log);
    const [first] = nodes;
    launch(first, { MINI_BUILDD_STANDBY: '' });
    await ready(first);
    for (const { name } of nodes) {
      const { login } = (await command(first, 'node', {
        action: 'add',
        node: name,
        standby: true,
        confirm: 'node',
      })) as {
        readonly login: string;
      };
      await writeFile(join(folder, `${name}.login`), `${login}\n`, { mode: 0o600 });
    }
    await end(first, 'SIGTERM');
  });
  after(async () => {
    for (const { child } of nodes ?? []) child?.kill('SIGKILL');
    await log?.close();
    await store?.stop();
    await removeFolder(folder);
  });

  const node = async (name: string): Promise<Node> => {
    const [http, ftp] = [await freePort(), await freePort()];
    const home = join(folder, name, 'home');
    await mkdir(home, { recursive: true });
    const env = {
      PATH: process.env.PATH,
      MINI_BUILDD_HOME: home,
      MINI_BUILDD_LOG: store.connectionString,
      MINI_BUILDD_HOSTNAME: 'buildd.example.org',
      MINI_BUILDD_HTTP: `127.0.0.1:${http}`,
      MINI_BUILDD_FTP: `127.0.0.1:${ftp}`,
      MINI_BUILDD_NODE: `127.0.0.1:${http}`,
      MINI_BUILDD_NODE_LOGIN: join(folder, `${name}.login`),
      MINI_BUILDD_STANDBY: 'required',
      MINI_BUILDD_TAKE_OVER_AFTER: '8',
      MINI_BUILDD_SMTP: 'none',
    };
    return { name, home, http: `http://127.0.0.1:${http}`, ftp, env };
  };
  const launch = (one: Node, over: NodeJS.ProcessEnv = {}): void => {
    const program = join(import.meta.dirname, 'support', 'quick-node.ts');
    one.child = spawn(process.execPath, [program], {
      env: { ...one.env, ...over },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  };
  const end = async ({ child }: Node, signal: NodeJS.Signals): Promise<void> => {
    child?.kill(signal);
    await eventually('the daemon to end', 60, () => child?.exitCode !== null || child.signalCode !== null || undefined);
  };
  const said = async ({ http }: Node, path: string): Promise<string> =>
    fetch(`${http}${path}`, { signal: AbortSignal.timeout(5_000) }).then(
      (answer) => answer.text(),
      () => '',
    );
  const ready = async (one: Node): Promise<void> => {
    let last = '';
    await eventually(`${one.name} to be ready`, 120, async () => {
      last = await said(one, '/readyz');
      return last.startsWith('ready') || undefined;
    }).catch((error: unknown) => assert.fail(`${error}; it says: ${last}`));
  };
  const concerns = async (one: Node): Promise<string> => {
    const text = await said(one, '/mini_buildd/api/status?output=json');
    return text === '' ? 'nothing was said' : JSON.stringify(JSON.parse(text).concerns);
  };
  const hasStandby = (one: Node) =>
    eventually(`${one.name} to have a standby`, 60, async () =>
      /standby|nothing was said/.test(await concerns(one)) ? undefined : true,
    );
  const waits = (one: Node) =>
    eventually(`${one.name} to have a copy`, 60, async () =>
      /its standby; it has every file/.test(await said(one, '/readyz')) ? true : undefined,
    );
  const command = async (one: Node, name: string, given: object): Promise<unknown> => {
    const authorization = `Basic ${Buffer.from('adam:the password of adam').toString('base64')}`;
    const answer = await fetch(`${one.http}/mini_buildd/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify(given),
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return JSON.parse(text);
  };
  const filesOf = (source: string) =>
    sourceUpload(join(folder, 'uploads'), { source, version: '1.0~test13+1', distribution });
  const send = async (one: Node, paths: readonly string[]): Promise<readonly string[]> => {
    const client = await dial(one.ftp);
    for (const line of ['USER anonymous', 'PASS test@example.org', 'CWD /incoming', 'TYPE I']) await client.say(line);
    const replies: string[] = [];
    for (const path of paths) replies.push(await client.store(basename(path), await readFile(path)));
    return replies;
  };
  const upload = async (one: Node, source: string): Promise<readonly string[]> => send(one, await filesOf(source));
  const indexOf = async ({ home }: Node): Promise<string> => {
    const published = join(home, 'repositories/test/published/dists', distribution, 'main');
    const [binary = ''] = (await readdir(published).catch(() => [])).filter((name) => name.startsWith('binary-'));
    return readFile(join(published, binary, 'Packages'), 'utf8').catch(() => '');
  };
  const published = (one: Node, ...sources: readonly string[]) =>
    eventually(`${sources.join(' ')} to be published by ${one.name}`, 120, async () => {
      const text = await indexOf(one);
      return sources.every((source) => text.includes(`Package: ${source}\n`)) || undefined;
    });

  it('lose nothing that was acknowledged, whoever of them dies', async () => {
    const [one, two] = nodes;
    launch(one);
    await ready(one);
    assert.match(await concerns(one), /the standby is not there: no uploads are taken/);
    await assert.rejects(upload(one, 'too-early'), /421|ended|closed/);
    assert.match(await said(one, '/metrics'), /mini_buildd_standby_present 0/);
    launch(two);
    await waits(two);
    await hasStandby(one);
    assert.match(await said(one, '/metrics'), /mini_buildd_standby_present 1/);

    const replies = await upload(one, 'acknowledged');
    await end(one, 'SIGKILL');
    assert.deepEqual(
      replies.map((reply) => reply.slice(0, 3)),
      ['226', '226', '226'],
    );
    await ready(two);
    // With results to keep, it waits for a standby, too.
    launch(one);
    await waits(one);
    await published(two, 'acknowledged');
    const stanza = `Types: deb\nURIs: ${two.http}/repositories/test/\nSuites: ${distribution}\nComponents: main\nSigned-By: it\n`;
    const key = await said(two, '/mini_buildd/api/getkey?output=plain');
    const { apt } = await privateApt(join(folder, 'apt'), stanza, key);
    await apt('update');
    assert.match(await apt('-s', 'install', 'acknowledged'), /Inst acknowledged/);
    assert.match(
      JSON.stringify(await command(two, 'node', { action: 'list' })),
      /"standby":true/,
      'adam is known there',
    );

    await hasStandby(two);
    await upload(two, 'second');
    await published(two, 'second');
    two.child?.kill('SIGSTOP');
    await ready(one);
    const taken = (await log.readAll(undefined, 5_000)).length;
    const before = await indexOf(two);
    two.child?.kill('SIGCONT');
    await eventually('the former holder to end', 60, () => two.child?.exitCode ?? undefined);
    assert.equal(two.child?.exitCode, 1, 'who was fenced ends');
    assert.equal(await indexOf(two), before, 'and publishes nothing');
    const since = (await log.readAll(undefined, 5_000)).slice(taken);
    assert.deepEqual(
      since.filter(({ body }) => body.type.startsWith('ArchiveLease')),
      [],
    );
    launch(two);
    await waits(two);
    await hasStandby(one);
    await published(one, 'acknowledged', 'second');
  });

  it('go on alone where a standby is only preferred, which catches up when it is back, takes its seat again, and may take over', async () => {
    const [one, two] = nodes;
    const preferred = { MINI_BUILDD_STANDBY: 'preferred' };
    for (const each of [two, one]) await end(each, 'SIGTERM');
    launch(one, preferred);
    await ready(one);
    launch(two, preferred);
    await hasStandby(one);
    await end(two, 'SIGKILL');
    await eventually('it to be missed', 60, async () =>
      /what comes now lies on one disk only/.test(await concerns(one)) ? true : undefined,
    );
    const early = await filesOf('early');
    // Its .changes comes when the archive of now is gone.
    const replies = [...(await upload(one, 'alone')), ...(await send(one, early.slice(0, -1)))];
    assert.deepEqual([...new Set(replies.map((reply) => reply.slice(0, 3)))], ['226']);
    await published(one, 'alone');

    launch(two, preferred);
    await waits(two);
    await hasStandby(one);
    await eventually('what waits in incoming to be there', 30, async () => {
      const names = await readdir(join(two.home, 'incoming/received'), { recursive: true }).catch(() => []);
      return early.slice(0, -1).every((path) => names.some((name) => name.endsWith(basename(path)))) || undefined;
    });
    await end(one, 'SIGKILL');
    await ready(two);
    await published(two, 'acknowledged', 'second', 'alone');
    assert.match((await send(two, early.slice(-1))).join(), /^226/);
    await published(two, 'early');
  });
});
