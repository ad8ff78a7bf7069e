import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, open } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { type AptProxy, aptProxy } from '../../../src/adapters/sbuild/apt-proxy.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe("apt's way out of a build", () => {
  let folder = '';
  let proxy: AptProxy;
  const mirror = createServer((request, answer) => {
    answer.setHeader('X-Seen', `${request.method} ${request.url} ${request.headers.range ?? ''}`);
    answer.setHeader('Last-Modified', 'Sun, 22 Nov 2026 10:15:00 GMT');
    answer.end(`${request.method} ${request.url} ${request.headers.cookie ?? 'no cookie'}`);
  });
  const stranger = createServer((_, answer) => answer.end('secret'));

  before(async () => {
    for (const server of [mirror, stranger]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    folder = await mkdtemp(join(tmpdir(), `mini-buildd-proxy-${'long'.repeat(20)}-`));
    proxy = await aptProxy(folder, [`127.0.0.1:${portOf(mirror)}`], { http: undefined, https: undefined });
  });
  after(async () => {
    await proxy.close();
    mirror.close();
    stranger.close();
    await removeFolder(folder);
  });

  /** Says bytes to the proxy as the forwarder does, and answers what comes back until it closes. */
  const say = async (request: string): Promise<string> => {
    // The folder's path is longer than a socket's may be.
    const handle = await open(folder, 'r');
    const socket = createConnection({ path: `/proc/self/fd/${handle.fd}/apt` });
    socket.write(request);
    return text(socket).finally(() => handle.close());
  };
  const get = (url: string, method = 'GET', more = ''): Promise<string> =>
    say(`${method} ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: a=b\r\n${more}\r\n`);

  it('fetches from the sources of the build, and passes on what fetching needs', async () => {
    const answer = await get(`http://127.0.0.1:${portOf(mirror)}/dists/x?y`, 'GET', 'Range: bytes=0-\r\n');
    assert.match(answer, /^HTTP\/1.1 200 /);
    assert.match(answer, /Last-Modified: Sun, 22 Nov 2026/i);
    assert.ok(answer.includes('GET /dists/x?y no cookie'));
  });

  it('refuses every other place, with a sentence', async () => {
    const answer = await get(`http://127.0.0.1:${portOf(stranger)}/`);
    assert.match(answer, /^HTTP\/1.1 403 127\.0\.0\.1:\d+ is not among the sources of this build/);
    assert.ok(!answer.includes('secret'));
  });

  it('refuses to be used for anything but fetching', async () => {
    const place = `http://127.0.0.1:${portOf(mirror)}/`;
    const refused: readonly [string, string, RegExp][] = [
      ['POST', place, /^HTTP\/1.1 405 /],
      ['DELETE', place, /^HTTP\/1.1 405 /],
      ['GET', '/etc/passwd', /^HTTP\/1.1 400 /],
      ['GET', 'file:///etc/passwd', /^HTTP\/1.1 400 /],
      ['GET', place.replace('//', '//user:word@'), /^HTTP\/1.1 400 /],
    ];
    for (const [method, url, expected] of refused) assert.match(await get(url, method), expected, `${method} ${url}`);
  });

  it('tunnels to the sources of the build only', async () => {
    assert.match(
      await say(`CONNECT 127.0.0.1:${portOf(stranger)} HTTP/1.1\r\n\r\n`),
      /^HTTP\/1.1 403 127\.0\.0\.1:\d+ is not among/,
    );
    const answer = await say(
      `CONNECT 127.0.0.1:${portOf(mirror)} HTTP/1.1\r\n\r\nGET /through HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1.1 200 Connected/);
    assert.ok(answer.includes('GET /through'));
  });

  it('survives what is no HTTP', async () => {
    await say('\x16\x03\x01 nonsense\r\n\r\n');
    assert.match(await get(`http://127.0.0.1:${portOf(mirror)}/`), /^HTTP\/1.1 200 /);
  });

  it('says when a source cannot be reached', async () => {
    const away = await aptProxyTo('127.0.0.1:9');
    try {
      assert.match(await away.get('http://127.0.0.1:9/'), /^HTTP\/1.1 502 127.0.0.1:9: /);
    } finally {
      await away.close();
    }
  });
});

const aptProxyTo = async (host: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-proxy-'));
  const proxy = await aptProxy(folder, [host], { http: undefined, https: undefined });
  return {
    get: async (url: string): Promise<string> => {
      const socket = createConnection({ path: join(folder, 'apt') });
      socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      return text(socket);
    },
    close: async () => {
      await proxy.close();
      await removeFolder(folder);
    },
  };
};
