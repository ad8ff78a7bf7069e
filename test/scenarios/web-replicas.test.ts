import assert from 'node:assert/strict';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { deliveries } from '../../src/adapters/file-store/deliveries.ts';
import { pinoJournal } from '../../src/adapters/journal/pino-journal.ts';
import { openidSignOn } from '../../src/adapters/oidc/openid-sign-on.ts';
import { addAccount } from '../../src/app/accounts/add-account.ts';
import { bearingsOf } from '../../src/app/nodes/bearings.ts';
import { accountReader } from '../../src/app/tell.ts';
import type { Version } from '../../src/domain/debian/names.ts';
import type { BuildId, StreamName } from '../../src/domain/ids.ts';
import type { Daemon as Served } from '../../src/main.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { serveReplica } from '../../src/serve-replica.ts';
import { servedPages } from '../../src/served-pages.ts';
import { type Settings, settingsFrom } from '../../src/settings.ts';
import { readUntil, serve } from '../adapters/http/served.ts';
import { basic, because, json, passwordOf, personOf } from '../support/accounts-at-work.ts';
import { type EventStoreServer, startEventStoreServer } from '../support/eventstore-server.ts';
import type { FakeBuilder } from '../support/fake-builder.ts';
import { ernie } from '../support/fixed-examples.ts';
import { identityProvider } from '../support/identity-provider.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { sourceUpload } from '../support/source-upload.ts';

const admin = { privilege: 'admin', actor: { kind: 'account', name: '00000000000000ad' }, shown: 'password' } as const;

/** Where browsers reach the instance, and what is said to the provider: of many replicas the one that answers next. */
const origin = 'http://buildd.example.org';

/** Everything that strangers read, of an instance that built hello. */
const pages = [
  ...['/mini_buildd/', '/mini_buildd/history', '/mini_buildd/packages/hello', '/mini_buildd/packages?name=hel'],
  ...['/mini_buildd/repositories/acme', '/mini_buildd/repositories/acme/trixie-acme-unstable'],
  ...['/mini_buildd/statistics?step=month', '/mini_buildd/seals', '/mini_buildd/style', '/mini_buildd/doc/'],
  ...['/mini_buildd/reference', '/mini_buildd/reference/migrate', '/mini_buildd/api', '/mini_buildd/api/openapi.json'],
  ...['/mini_buildd/events', '/mini_buildd/events?package=hello&limit=3', '/mini_buildd/feeds/all.atom'],
  ...['/mini_buildd/feeds/packages/hello.atom', '/log/acme/hello/', '/mini_buildd/packages/nosuchthing'],
  ...['/mini_buildd/api/show?package=hello', '/mini_buildd/api/why?builds=hello&output=html'],
  ...['/mini_buildd/api/uploads', '/mini_buildd/api/getkey', '/mini_buildd/api/history?output=plain'],
];

describe('A web replica', () => {
  let test: Parameters<typeof machine>[0];
  let ended: (() => unknown)[];
  let folder: string;
  let store: EventStoreServer;
  let log: EventLog;
  let archive: Daemon;
  let at: Awaited<ReturnType<typeof serve>>;
  let replica: Served;
  let settings: Settings;
  let clock: ManualClock;
  let builder: FakeBuilder;
  let url: string;
  let provider: Awaited<ReturnType<typeof identityProvider>>;

  before(async () => {
    ended = [];
    test = { after: (end: () => unknown) => void ended.push(end) } as typeof test;
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-replica-'));
    const on = await machine(test, undefined, Date.now(), async (now) => {
      store = await startEventStoreServer({ now });
      log = await openEventStoreLog(store.connectionString);
      return () => openEventStoreLog(store.connectionString);
    });
    archive = await boot(on);
    clock = on.clock;
    builder = on.builder;
    const { engine } = archive;
    const added = await addAccount(personOf('stan', 'staff'), on.people, accountReader(log), engine.tell, because);
    assert.ok(!isLeft(added));
    await archive.uploads(sourceUpload());
    assert.ok(await archive.until(({ uploads }) => uploads.ended[0]?.status === 'published'));
    await archive.rests();
    const place = { builder: ernie, room: 4, tags: [] };
    const confinement = { network: true, processes: true, bounds: true } as const;
    provider = await identityProvider(test);
    const { issuer, client, secret: shared } = provider;
    const signOn = openidSignOn(
      {
        ...{ name: 'Sesame', issuer: new URL(issuer), client, secret: shared, scope: 'openid', claim: 'groups' },
        roles: new Map([['developers', 'user']]),
      },
      origin,
      Date.now,
    );
    at = await serve(test, {
      ...servedPages(engine, log, { confinement, place, clock: on.clock }),
      log,
      signOn: { ...signOn, enter: engine.enterSignedOn, paced: engine.signOnPace, ...engine.identities },
      files: on.files,
      liveLog: engine.liveLog,
      version: '0.1.0',
      nodes: {
        ...engine.nodes,
        bearings: bearingsOf({ ...engine, place }),
        deliveries: deliveries(join(folder, 'deliveries'), on.files),
        permit: async () => undefined,
      },
    });
    const node = await engine.api.run('node', { action: 'add', node: 'window' }, admin);
    assert.ok(!isLeft(node));
    const secret = join(folder, 'login');
    await writeFile(secret, `${(node.right.json as { login: string }).login}\n`);
    await chmod(secret, 0o600);
    await archive.rests();
    settings = settingsFrom({
      MINI_BUILDD_HOME: join(folder, 'home'),
      MINI_BUILDD_HTTP: '127.0.0.1:0',
      MINI_BUILDD_LOG: store.connectionString,
      MINI_BUILDD_ROLES: 'web',
      MINI_BUILDD_ARCHIVE: at.url,
      MINI_BUILDD_NODE_LOGIN: secret,
    });
    replica = await serveReplica(
      settings,
      await openEventStoreLog(store.connectionString),
      pinoJournal('fatal'),
      on.clock,
    );
    url = `http://127.0.0.1:${replica.httpPorts[0]}`;
  });
  after(async () => {
    await replica?.stop();
    await archive?.kill();
    await log?.close();
    for (const end of ended) await end();
    await store?.stop();
    await removeFolder(folder);
  });

  /** Results of a build, as its stream has them. */
  const resultsOf = async (stream: string) =>
    (await log.readStream(stream as StreamName))
      .map(({ body }) => body as { readonly type: string; readonly log?: { readonly sha256: string } })
      .filter(({ type }) => type === 'BuildSucceeded');

  it('shows strangers what the archive shows', async () => {
    for (const path of pages) {
      const [one, other] = await Promise.all([fetch(`${at.url}${path}`), fetch(`${url}${path}`)]);
      assert.equal(other.status, one.status, path);
      assert.equal(same(await other.text()), same(await one.text()), path);
      assert.equal(other.headers.get('content-type'), one.headers.get('content-type'), path);
    }
  });

  it('leads a stranger to log in where the archive answers, and names who did', async () => {
    const headOf = async (path: string, cookie = '') =>
      (await (await fetch(`${url}${path}`, { headers: { cookie, accept: 'text/html' } })).text()).split(
        '</header>',
      )[0] ?? '';
    const [, door = ''] = /href="([^"]*login[^"]*)">Log in</.exec(await headOf('/mini_buildd/history')) ?? [];
    assert.equal(door, '/mini_buildd/login?next=%2Fmini_buildd%2Fhistory');
    const form = await (await fetch(`${url}${door}`, { headers: { accept: 'text/html' } })).text();
    assert.match(form, /<form method="post" action="\/mini_buildd\/login/);
    const { headers } = await fetch(`${url}/mini_buildd/login`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ login: 'stan', password: passwordOf('stan') }),
    });
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    assert.match(await headOf('/mini_buildd/history', cookie), /Account of <\/span>stan</);
    assert.match(await headOf('/mini_buildd/history'), />Log in</);
  });

  it('leads who signs on elsewhere there and back, whichever replica answers', async () => {
    const html = { accept: 'text/html' };
    const form = await (await fetch(`${url}/mini_buildd/login`, { headers: html })).text();
    assert.match(form, /href="\/mini_buildd\/sign-on">Log in with Sesame</);
    const follow = (path: string, cookie = '') => fetch(path, { redirect: 'manual', headers: { ...html, cookie } });
    const cookieOf = (answer: Response) =>
      answer.headers
        .getSetCookie()
        .map((each) => each.split(';')[0] ?? '')
        .find((each) => !each.endsWith('=')) ?? '';
    const left = await follow(`${url}/mini_buildd/sign-on`);
    const led = await follow(left.headers.get('location') ?? assert.fail(`nowhere: ${left.status}`));
    const back = (led.headers.get('location') ?? '').replace(origin, url);
    const came = await follow(back, cookieOf(left));
    assert.equal(came.status, 200, await came.text());
    const account = await follow(`${url}/mini_buildd/account`, cookieOf(came));
    assert.match(await account.text(), /<h1>grover</);
  });

  it('lets who is signed in be answered by the archive, whatever they ask', async () => {
    const login = await fetch(`${url}/mini_buildd/login`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ login: 'stan', password: passwordOf('stan') }),
    });
    assert.equal(login.status, 200, await login.text());
    const [cookie = ''] = login.headers.getSetCookie().map((each) => each.split(';')[0]);
    const account = await fetch(`${url}/mini_buildd/account`, { headers: { cookie } });
    assert.match(await account.text(), /stan of Sesame Street/);
    const home = await fetch(`${url}/mini_buildd/`, { headers: { cookie } });
    assert.match(await home.text(), /id="attention"/, 'what is for staff');
    assert.doesNotMatch(await (await fetch(`${url}/mini_buildd/`)).text(), /id="attention"/);
    const whoami = await fetch(`${url}/mini_buildd/api/whoami`, { headers: basic('stan') });
    assert.equal(((await whoami.json()) as { login: string }).login, 'stan');
    const wrong = await fetch(`${url}/mini_buildd/api/whoami`, { headers: basic('stan', 'wrong') });
    assert.equal(wrong.status, 401);
  });

  it('shows no person to strangers, in pages, events and history', async () => {
    for (const path of ['/mini_buildd/history', '/mini_buildd/events?limit=1000', '/mini_buildd/api/history']) {
      const text = await (await fetch(`${url}${path}`)).text();
      assert.match(text, /hello/);
      assert.doesNotMatch(text, /\bstan\b|Sesame/);
    }
    const denied = await fetch(`${url}/mini_buildd/events?actor=stan`);
    assert.equal(denied.status, 403);
  });

  it('follows what others write, in pages and live', async () => {
    const leave = new AbortController();
    const headers = { accept: 'text/event-stream' };
    const live = await fetch(`${url}/mini_buildd/events?type=RepositoryConfigured`, { headers, signal: leave.signal });
    const wanted = { type: 'RepositoryConfigured', ...archive.world.configuration.repositories.get('acme' as never) };
    await archive.configure({ ...wanted, label: 'Acme anew' } as never);
    assert.match(await readUntil(live, (text) => text.includes('\n\n') && text.includes('Acme anew')), /Acme anew/);
    leave.abort();
  });

  it('fetches logs and packages by their hash, once', async () => {
    const { id } = archive.world.uploads.ended[0] ?? {};
    const [log, deb] = [`/mini_buildd/builds/${id}-amd64/log`, '/log/acme/hello/2.10-3~acme13%2B1/amd64/'];
    const text = await (await fetch(`${at.url}${log}`)).text();
    assert.equal(await (await fetch(`${url}${log}`)).text(), text);
    assert.equal((await fetch(`${at.url}/mini_buildd/builds/${id}-amd64/files/${product}`)).status, 200);
    const listing = await (await fetch(`${url}${deb}`)).text();
    assert.equal(listing, await (await fetch(`${at.url}${deb}`)).text());
  });

  it('shows nobody what was withdrawn, though it fetched it before', async () => {
    const { id } = archive.world.uploads.ended[0] ?? {};
    const log = `${url}/mini_buildd/builds/${id}-arm64/log`;
    assert.equal((await fetch(log)).status, 200);
    const [succeeded] = await resultsOf(`build-${id}-arm64`);
    const withdrawn = await archive.engine.api.run(
      'withdraw',
      { file: succeeded?.log?.sha256 ?? '', reason: 'names a person' },
      admin,
    );
    assert.ok(!isLeft(withdrawn), JSON.stringify(withdrawn));
    await eventually(async () => (await fetch(log)).status === 410);
  });

  it('shows how far builds are that run, and passes on who follows their log', async () => {
    builder.behave(() => 'hangs');
    builder.writes(() => 'dpkg-buildpackage: info: it begins\n');
    await archive.uploads(sourceUpload({ version: '2.10-4~acme13+1' as Version }));
    assert.ok(await archive.until(({ builds }) => builds.claimed.size === 2 && builder.underWay().length === 2));
    const [build] = archive.world.builds.claimed.keys();
    await eventually(async () => {
      clock.advance(2_000);
      return (await (await fetch(`${url}/mini_buildd/`)).text()).includes('it begins');
    });
    const leave = new AbortController();
    const log = await fetch(`${url}/mini_buildd/builds/${build}/log`, { signal: leave.signal });
    builder.goesOn(build as BuildId, 'it goes on\n');
    assert.match(await readUntil(log, (text) => text.includes('it goes on')), /^dpkg-buildpackage: info: it begins/);
    leave.abort();
    const page = await fetch(`${url}/mini_buildd/builds/${build}`);
    assert.match(await page.text(), /it goes on/);
  });

  it('writes nothing into the log, whatever it is asked for', async () => {
    await archive.rests();
    const last = async () => (await log.query({ limit: 1 }))[0]?.position;
    const before = await last();
    for (const path of pages) await (await fetch(`${url}${path}`)).text();
    for (const [command, status] of [
      ['migrate', 401],
      ['introduce', 400],
      ['nosuch', 404],
    ] as const) {
      const answer = await fetch(`${url}/mini_buildd/api/${command}`, { method: 'POST', headers: json, body: '{}' });
      assert.equal(answer.status, status, `${command}: ${await answer.text()}`);
    }
    assert.equal(await last(), before);
  });

  it('counts what it does, and is ready', async () => {
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    assert.equal(await (await fetch(`${url}/healthz`)).text(), 'ok\n');
    const metrics = await (await fetch(`${url}/metrics`, { headers: basic('stan') })).text();
    assert.match(metrics, new RegExp(`^mini_buildd_log_events ${archive.world.events}$`, 'm'));
    assert.match(metrics, /^mini_buildd_log_events_behind 0$/m);
  });

  it('goes on being read while the archive is away, and says what cannot be done', async () => {
    await at.close();
    clock.advance(12_000);
    for (const path of pages) {
      const answer = await fetch(`${url}${path}`);
      assert.ok(answer.status < 500, `${path}: ${answer.status} ${await answer.text()}`);
    }
    const { id } = archive.world.uploads.ended[0] ?? {};
    assert.equal((await fetch(`${url}/mini_buildd/builds/${id}-amd64/log`)).status, 200, 'fetched before');
    const other = await fetch(`${url}/mini_buildd/builds/${id}-amd64/files/${product}`);
    assert.deepEqual([other.status, other.headers.get('retry-after')], [503, '10']);
    assert.match(await other.text(), /"rule":"archive-unreachable"/);
    const cookie = `mini-buildd-acme=${'a'.repeat(43)}`;
    assert.equal((await fetch(`${url}/mini_buildd/history`, { headers: { cookie } })).status, 200);
    for (const [path, how] of [
      ['/mini_buildd/api/migrate', { method: 'POST', headers: json, body: '{}' }],
      ['/mini_buildd/api/status', {}],
      ['/mini_buildd/account', {}],
      ['/repositories/acme/dists/', {}],
      ['/mini_buildd/upload/hello_1.dsc', { method: 'PUT', body: 'hello' }],
    ] as const) {
      const answer = await fetch(`${url}${path}`, how);
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '10'], path);
      assert.match(await answer.text(), /"rule":"archive-unreachable","fact":"[^"]+","remedy":"[^"]+"/);
    }
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    assert.match(await (await fetch(`${url}/metrics`)).text(), /^mini_buildd_log_events_behind Nan$/m);
  });

  it('is not ready when the log is away for longer than a moment, and shows what it knows', async () => {
    store.network.refuse();
    store.network.cut();
    const readyz = async () => (await fetch(`${url}/readyz`)).status;
    for (let looks = 0; looks < 300 && (await readyz()) === 200; looks += 1) {
      await pause(100);
      clock.advance(1_000);
    }
    const answer = await fetch(`${url}/readyz`);
    assert.deepEqual([answer.status, /^the log is unreachable: /.test(await answer.text())], [503, true]);
    assert.match(await (await fetch(`${url}/mini_buildd/`)).text(), /hello/);
    store.network.admit();
    for (let looks = 0; looks < 300 && (await readyz()) !== 200; looks += 1) await pause(100);
    assert.equal(await readyz(), 200);
  });

  it('says what it waits for where it begins without its log, and begins when that is there', async () => {
    store.network.refuse();
    const waited: string[] = [];
    const open = await openEventStoreLog(store.connectionString);
    const begun = serveReplica(
      { ...settings, home: join(folder, 'another') },
      open,
      { ...pinoJournal('fatal'), waits: (reason) => void waited.push(reason) },
      clock,
    );
    await eventually(async () => waited.length > 0);
    assert.match(waited.join(), /^The event store does not answer/);
    store.network.admit();
    const { httpPorts, stop } = await begun;
    assert.match(await (await fetch(`http://127.0.0.1:${httpPorts[0]}/mini_buildd/`)).text(), /hello/);
    await stop();
  });

  it('ends live streams when it stops', async () => {
    const live = await fetch(`${url}/mini_buildd/live`);
    await replica.stop();
    assert.ok((await live.text()).endsWith('\n\n'), 'whole messages, and then its end');
    await assert.rejects(fetch(url));
  });
});

/** What a build of hello made. */
const product = 'hello_2.10-3~acme13+1_amd64.deb';

const eventually = async (look: () => Promise<boolean>): Promise<void> => {
  for (let looks = 0; looks < 600; looks += 1) {
    if (await look()) return;
    await pause(50);
  }
  assert.fail('it did not come');
};

/** But for what names one life of a server. */
const same = (text: string): string => text.replaceAll(/after=[0-9a-f]{12}\.\d+/g, 'after=…');
