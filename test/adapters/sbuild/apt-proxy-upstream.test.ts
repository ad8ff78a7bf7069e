import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createConnection, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { type AptProxy, aptProxy, type Upstream } from '../../../src/adapters/sbuild/apt-proxy.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const portOf = (server: NetServer): number => (server.address() as AddressInfo).port;

/** A proxy of the host's: remembers what it was asked, with which password, and leads every tunnel to `target`. */
const hostProxy = (target: () => number) => {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const note = (request: {
    method?: string | undefined;
    url?: string | undefined;
    headers: NodeJS.Dict<string | string[]>;
  }) => asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? 'no password'}`);
  const server: Server = createServer((request, answer) => {
    note(request);
    answer.end('through the proxy');
  });
  server.on('connect', (request, client: Socket) => {
    note(request);
    if (request.headers['proxy-authorization'] === undefined) {
      client.end('HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const there = connect(target(), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Go on\r\n\r\n');
      client.pipe(there).pipe(client);
    });
    for (const socket of [there, client]) socket.on('error', () => socket.destroy());
    open.add(there).add(client);
  });
  const close = (): void => {
    for (const socket of open) socket.destroy();
    server.close();
  };
  return { server, asked, close };
};

describe("apt's way out of a build, to https and through the host's proxy", () => {
  let folder = '';
  let certificate = Buffer.alloc(0);
  let mirror: NetServer;
  const upstream = hostProxy(() => portOf(mirror));
  const proxies: AptProxy[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-proxy-'));
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const subject = ['-subj', '/CN=mirror.example.org', '-addext', 'subjectAltName=DNS:mirror.example.org'];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    certificate = await readFile(cert);
    mirror = createTlsServer({ key: await readFile(key), cert: certificate }, (request, answer) => {
      answer.setHeader('Connection', 'close');
      answer.end(`${request.method} ${request.url} over TLS`);
    });
    for (const server of [mirror, upstream.server]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
  });
  after(async () => {
    for (const proxy of proxies) await proxy.close();
    upstream.close();
    mirror.close();
    await removeFolder(folder);
  });

  /** A way out of its own for each test; answers a connection to it. */
  const wayOut = async (hosts: readonly string[], through: Upstream): Promise<() => Socket> => {
    const place = await mkdtemp(join(folder, 'door-'));
    proxies.push(await aptProxy(place, hosts, through));
    return () => createConnection({ path: join(place, 'apt') });
  };

  /** What apt does for https: CONNECT, then TLS with the mirror's own certificate, then GET. */
  const getOverTls = async (socket: Socket, place: string): Promise<string> => {
    socket.write(`CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    if (!/^HTTP\/1\.1 200 /.test(String(head))) return String(head);
    const secure = connectTls({ socket, ca: certificate, servername: 'mirror.example.org' });
    secure.write('GET /dists/x HTTP/1.1\r\nHost: mirror.example.org\r\nConnection: close\r\n\r\n');
    return text(secure);
  };

  const proxyAddress = (password = ''): string => `http://${password}127.0.0.1:${portOf(upstream.server)}`;
  const nowhere: Upstream = { http: undefined, https: undefined };

  it('carries TLS unread, so that apt itself checks the certificate', async () => {
    const place = `127.0.0.1:${portOf(mirror)}`;
    const open = await wayOut([place], nowhere);
    assert.match(await getOverTls(open(), place), /GET \/dists\/x over TLS/);
  });

  it("asks the host's proxy for the tunnel, with its password, and never shows that to apt", async () => {
    const open = await wayOut(['mirror.example.org:443'], { ...nowhere, https: proxyAddress('jane:se%40cret@') });
    assert.match(await getOverTls(open(), 'mirror.example.org:443'), /GET \/dists\/x over TLS/);
    const password = `Basic ${Buffer.from('jane:se@cret').toString('base64')}`;
    assert.equal(upstream.asked.at(-1), `CONNECT mirror.example.org:443 ${password}`);
  });

  it('knows an address of IPv6 without its brackets, as apt writes it there', async () => {
    const open = await wayOut(['[2001:db8::8]:443'], { ...nowhere, https: proxyAddress('jane:se%40cret@') });
    assert.match(await getOverTls(open(), '2001:db8::8:443'), /GET \/dists\/x over TLS/);
    assert.match(upstream.asked.at(-1) ?? '', /^CONNECT \[2001:db8::8\]:443 /);
    assert.match(await getOverTls(open(), '2001:db8::9:443'), /^HTTP\/1.1 403 /);
  });

  it("hands on a refusal of the host's proxy", async () => {
    const open = await wayOut(['mirror.example.org:443'], { ...nowhere, https: proxyAddress() });
    assert.match(await getOverTls(open(), 'mirror.example.org:443'), /^HTTP\/1.1 407 Who are you/);
  });

  it("fetches http through the host's proxy, which gets the whole address", async () => {
    const open = await wayOut(['mirror.example.org:80'], { ...nowhere, http: proxyAddress('jane:word@') });
    const socket = open();
    socket.write('GET http://mirror.example.org/dists/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.match(await text(socket), /through the proxy/);
    const password = `Basic ${Buffer.from('jane:word').toString('base64')}`;
    assert.equal(upstream.asked.at(-1), `GET http://mirror.example.org/dists/x ${password}`);
  });

  it('does not ask the proxy for what is not among the sources of the build', async () => {
    const before = upstream.asked.length;
    const open = await wayOut(['mirror.example.org:443'], { http: proxyAddress(), https: proxyAddress() });
    assert.match(await getOverTls(open(), 'elsewhere.example.org:443'), /^HTTP\/1.1 403 /);
    assert.equal(upstream.asked.length, before);
  });

  it('goes to this machine without the proxy', async () => {
    const before = upstream.asked.length;
    const place = `127.0.0.1:${portOf(mirror)}`;
    const open = await wayOut([place], { ...nowhere, https: proxyAddress() });
    assert.match(await getOverTls(open(), place), /GET \/dists\/x over TLS/);
    assert.equal(upstream.asked.length, before);
  });
});
