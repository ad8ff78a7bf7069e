import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { waitingRoom } from '../../src/adapters/http/waiting-room.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { settingsFrom } from '../../src/settings.ts';
import { makeCertificate } from '../support/certificates.ts';
import { makeChanges, makeSourcePackage } from '../support/deb.ts';
import { type EventStoreServer, startEventStoreServer } from '../support/eventstore-server.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { privateApt } from './support/client-apt.ts';
import { exampleNginx } from './support/example-nginx.ts';
import { attempt, eventually, freePort, run } from './support/programs.ts';
import { setUpQuick, sourceUpload } from './support/quick-daemon.ts';
import { startWebReplica, type WebReplica } from './support/web-replica.ts';

/*
 * Our example for nginx, as it is but for names, ports and paths, and with times that are shorter: what lives on with these lives on with those. Before
 * two web replicas, a node that waits as a standby, and the archive. nginx is Debian's, unpacked and not installed.
 */

const distribution = 'trixie-test-unstable';
const json = { 'content-type': 'application/json' };
/** What nothing comes from for so long nginx ends; in the example it is longer. Seconds. */
const readTimeout = 30;

describe('nginx as our example has it', () => {
  let folder: string;
  let store: EventStoreServer;
  let log: EventLog;
  let archive: { readonly http: string; readonly child: ChildProcess };
  let front: ChildProcess;
  let closeRoom: (() => Promise<void>) | undefined;
  let url: string;
  let caFile: string;
  let ca: Buffer;
  const replicas: WebReplica[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-nginx-'));
    await chmod(folder, 0o755);
    const { certificate, key } = makeCertificate(folder, '127.0.0.1');
    [caFile, ca] = [certificate, await readFile(certificate)];
    store = await startEventStoreServer();
    log = await openEventStoreLog(store.connectionString);
    const [port, one, ftp, waiting] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    url = `https://127.0.0.1:${port}`;
    const env = {
      MINI_BUILDD_HOME: join(folder, 'home'),
      MINI_BUILDD_LOG: store.connectionString,
      MINI_BUILDD_HOSTNAME: 'buildd.example.org',
      MINI_BUILDD_HTTP: `127.0.0.1:${one}`,
      MINI_BUILDD_FTP: `127.0.0.1:${ftp}`,
      MINI_BUILDD_NODE: `127.0.0.1:${one}`,
      MINI_BUILDD_URL: url,
      MINI_BUILDD_PROXIES: '127.0.0.1',
      MINI_BUILDD_SMTP: 'none',
    };
    await mkdir(env.MINI_BUILDD_HOME);
    await setUpQuick(settingsFrom(env), log);
    const program = join(import.meta.dirname, 'support', 'quick-node.ts');
    archive = {
      http: `127.0.0.1:${one}`,
      child: spawn(process.execPath, [program], {
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', 'inherit', 'inherit'],
      }),
    };
    await eventually('the archive to be ready', 120, async () =>
      (await fetch(`http://${archive.http}/readyz`).catch(() => undefined))?.ok ? true : undefined,
    );
    for (const node of ['window', 'mirror']) {
      const { login } = JSON.parse(
        (await said(await post(`http://${archive.http}`, 'node', { action: 'add', node, confirm: 'node' }))).body,
      ) as { readonly login: string };
      replicas.push(await startWebReplica({ folder, env }, login));
    }
    const room = [{ host: '127.0.0.1', port: waiting, isTls: false }];
    closeRoom = (await waitingRoom(room, undefined, () => 'another node holds the archive')).close;
    const [window, mirror] = replicas.map((replica) => replica.http) as [string, string];
    front = await exampleNginx(join(folder, 'nginx'), {
      port,
      upstreams: {
        'window.example.org:8066': window,
        'mirror.example.org:8066': mirror,
        'one.example.org:8066': `127.0.0.1:${waiting}`,
        'two.example.org:8066': archive.http,
      },
      certificate,
      key,
      timeouts: { '150s': `${readTimeout}s`, '120s': `${readTimeout}s`, '6h': '60s' },
    });
    await eventually(
      'nginx',
      60,
      async () => (await get('/healthz').catch(() => undefined))?.status === 200 || undefined,
    );
  });
  after(async () => {
    front?.kill('SIGTERM');
    for (const { stop } of replicas) await stop();
    await closeRoom?.();
    archive?.child.kill('SIGTERM');
    await eventually('the archive to end', 60, () => archive?.child.exitCode ?? undefined).catch(() =>
      archive?.child.kill('SIGKILL'),
    );
    await log?.close();
    await store?.stop();
    await removeFolder(folder);
  });

  type Asked = {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** Of the loopback: from where it is asked. */
    readonly from?: string;
  };
  const ask = async (where: string, { method = 'GET', headers = {}, body, from }: Asked): Promise<IncomingMessage> => {
    const client = where.startsWith('https:') ? https : http;
    const asked = client.request(where, {
      method,
      headers,
      ca,
      localAddress: from,
      agent: false,
    } as https.RequestOptions);
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return answer;
  };
  const said = async (answer: IncomingMessage) => ({
    status: answer.statusCode,
    headers: answer.headers,
    body: await text(answer),
  });
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
    said(await ask(`${url}${path}`, { headers }));
  const post = (where: string, command: string, given: object): Promise<IncomingMessage> => {
    const authorization = `Basic ${Buffer.from('adam:the password of adam').toString('base64')}`;
    const how = { method: 'POST', headers: { ...json, authorization }, body: JSON.stringify(given) };
    return ask(`${where}/mini_buildd/api/${command}`, how);
  };
  const put = async (path: string): Promise<void> => {
    const to = `${url}/mini_buildd/upload/${basename(path)}`;
    const { code, out, err } = await attempt('curl', [
      ...['--silent', '--show-error', '--fail-with-body', '--cacert', caFile, '-T', path, to],
    ]);
    assert.equal(code, 0, `${basename(path)}: ${out}${err}`);
  };
  const published = (source: string) =>
    eventually(`${source} to be published`, 240, async () => {
      const { body } = await get(`/mini_buildd/api/uploads?source=${source}&output=json`);
      return (JSON.parse(body) as readonly { status: string }[])[0]?.status === 'published' || undefined;
    });

  it('shows the pages of the replicas, and apt what the archive has, though the first of the two is a standby', async () => {
    for (const path of await sourceUpload(join(folder, 'uploads'), {
      source: 'by-proxy',
      version: '1.0~test13+1',
      distribution,
    }))
      await put(path);
    await published('by-proxy');
    for (const path of ['/', '/mini_buildd/', '/mini_buildd/packages/by-proxy', '/mini_buildd/history']) {
      const { status, body } = await get(path);
      assert.ok(status === 200 || (status === 302 && path === '/'), `${path}: ${status} ${body}`);
    }
    assert.match((await get('/mini_buildd/api/getsourceslist?codename=trixie&output=plain')).body, new RegExp(url));
    const stanza = `Types: deb\nURIs: ${url}/repositories/test/\nSuites: ${distribution}\nComponents: main\nSigned-By: it\n`;
    const { apt, folder: root } = await privateApt(
      join(folder, 'apt'),
      stanza,
      (await get('/mini_buildd/api/getkey?output=plain')).body,
    );
    await writeFile(join(root, 'apt.conf'), `Acquire::https::CAInfo "${caFile}";\n`, { flag: 'a' });
    await apt('update');
    assert.match(await apt('policy', 'by-proxy'), /Candidate: 1\.0~test13\+1/);
    const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const past = await get(`/snapshots/test/${now}/dists/${distribution}/Release`);
    assert.deepEqual([past.status, /^Codename: /m.test(past.body)], [200, true], past.body);
  });

  it('hands on 100 MB as they come, and keeps nothing of them', async () => {
    const version = '1.0~test13+1';
    // Base64 comes to three quarters by gzip.
    const blob = Buffer.allocUnsafe(100_000_000);
    for (let at = 0; at < blob.length; at += 50_000) crypto.getRandomValues(blob.subarray(at, at + 50_000));
    const wanted = { source: 'large', version, distribution, tree: { blob: blob.toString('base64') } };
    const { dsc, tarballs } = await makeSourcePackage(join(folder, 'uploads'), wanted);
    const files = [dsc, ...tarballs];
    files.push(await makeChanges(join(folder, 'uploads'), { ...wanted, architecture: 'source', files }));
    let kept = 0;
    const looking = setInterval(async () => {
      kept += (await readdir(join(folder, 'nginx', 'client_body'), { recursive: true }).catch(() => [])).length;
    }, 20);
    try {
      for (const path of files) await put(path);
    } finally {
      clearInterval(looking);
    }
    assert.equal(kept, 0, 'no file of a body');
    await published('large');
    const got = join(folder, 'large.tar.gz');
    const where = `${url}/repositories/test/pool/main/l/large/${basename(tarballs[0] ?? '')}`;
    await run('curl', ['--silent', '--fail', '--cacert', caFile, '-o', got, where]);
    assert.ok((await readFile(got)).equals(await readFile(tarballs[0] ?? '')), 'and gives them back');
  });

  it('hands on what happens as it happens, and for longer than it waits for an answer', async () => {
    const since = Date.now();
    const stream = await ask(`${url}/mini_buildd/events`, { headers: { accept: 'text/event-stream' } });
    assert.match(stream.headers['content-type'] ?? '', /^text\/event-stream/);
    let heard = '';
    let end = '';
    stream.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    stream.on('error', (error) => {
      end = String(error);
    });
    stream.on('close', () => {
      end ||= 'ended';
    });
    const happens = async (reason: string): Promise<void> => {
      assert.equal((await said(await post(url, 'stop', { reason, confirm: 'stop' }))).status, 200);
      assert.equal((await said(await post(url, 'start', { confirm: 'start' }))).status, 200);
      await eventually(`${reason} to be heard of`, 30, () => heard.includes(reason) || undefined);
    };
    await happens('at once');
    await pause(Math.max(0, since + (readTimeout + 15) * 1000 - Date.now()));
    assert.equal(end, '', 'the stream goes on');
    await happens('much later');
    stream.destroy();
  });

  it('says to the replicas, and they to the archive, for whom it asks, whatever that one says himself', async () => {
    let count = 0;
    const wrong = async (where: string, from: string, forwarded?: string): Promise<number | undefined> => {
      count += 1;
      const headers = { ...json, ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }) };
      const body = JSON.stringify({ login: `nobody-${count}`, password: 'a wrong password' });
      return (await said(await ask(`${where}/mini_buildd/login`, { method: 'POST', headers, body, from }))).status;
    };
    /** A network has ten tries, and one more every 20 seconds. */
    const hasUsedUp = async (where: string, from: string, what: string): Promise<void> => {
      const since = Date.now();
      for (let n = 1; ; n += 1) {
        if ((await wrong(where, from, `203.0.${n}.7`)) === 429) return assert.ok(n >= 11, `${what}: ${n}`);
        assert.ok(n < 11 + Math.floor((Date.now() - since) / 20_000), `${what}: ${n}`);
      }
    };
    await hasUsedUp(url, '127.1.1.1', 'he is who he is, whoever he says');
    assert.equal(await wrong(url, '127.2.2.2'), 401, 'and others have their own tries');
    await hasUsedUp(`http://${archive.http}`, '127.3.3.3', 'also past the proxy');
    // One more may have come just now, not two; whom he names has more than that.
    const past = () => wrong(`http://${archive.http}`, '127.3.3.3', '127.2.2.2');
    assert.ok([await past(), await past()].includes(429));
    assert.equal(await wrong(url, '127.2.2.2', '127.1.1.1'), 401);
  });

  it('lets people in, by forms of its own pages only, with a session that goes by TLS only', async () => {
    const form = await get('/mini_buildd/login');
    assert.equal(form.status, 200);
    const cookies = (form.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
    const sent = (origin: string) =>
      ask(`${url}/mini_buildd/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', origin, cookie: cookies },
        body: new URLSearchParams({ login: 'adam', password: 'the password of adam' }).toString(),
      }).then(said);
    assert.equal((await sent('https://elsewhere.example.org')).status, 403);
    const { status, headers } = await sent(url);
    assert.equal(status, 303);
    const session = (headers['set-cookie'] ?? []).find((cookie) => /^mini-buildd-/.test(cookie)) ?? '';
    assert.match(session, /; Secure/);
    const account = await get('/mini_buildd/account', { cookie: session.split(';')[0] ?? '' });
    assert.match(account.body, /adam/);
  });

  it('goes on with the other replica when one ends', async () => {
    await replicas.shift()?.stop();
    for (let n = 0; n < 10; n += 1) assert.equal((await get('/mini_buildd/packages/by-proxy')).status, 200);
  });
});
