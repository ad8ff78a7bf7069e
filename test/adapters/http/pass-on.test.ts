import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { noProxies } from '../../../src/adapters/http/client-address.ts';
import { defaultLimits, type Limits } from '../../../src/adapters/http/limits.ts';
import { listenAt } from '../../../src/adapters/http/listening.ts';
import { type PassOnParts, passOn } from '../../../src/adapters/http/pass-on.ts';
import { raw, readUntil } from './served.ts';

const megabyte = 2 ** 20;

/** What passes on to whoever is at `where`, and where it listens. */
const replica = async (test: TestContext, parts: PassOnParts, limits: Partial<Limits> = {}) => {
  const { pass, close } = passOn(parts);
  const server = await listenAt(
    [{ host: '127.0.0.1', port: 0, isTls: false }],
    undefined,
    { ...defaultLimits, ...limits },
    {
      proxies: noProxies,
      respond: pass,
    },
  );
  test.after(async () => {
    close();
    await server.close();
  });
  const [port = 0] = server.ports;
  return { port, url: `http://127.0.0.1:${port}` };
};

/** An archive that answers so, and a replica of it. */
const inFrontOf = async (
  test: TestContext,
  archive: RequestListener,
  more: Partial<PassOnParts> = {},
  limits: Partial<Limits> = {},
) => {
  const asked: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    asked.push(req);
    archive(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    server,
    archivePort: port,
    ...(await replica(test, { where: async () => `http://127.0.0.1:${port}`, ...more }, limits)),
  };
};

const echo: RequestListener = async (req, res) => {
  const body: Buffer[] = [];
  for await (const chunk of req) body.push(chunk as Buffer);
  res.end(Buffer.concat(body));
};

/** Says how much of a body was taken from who sends it, while the other end reads as it likes. */
const pour = (to: Socket, bytes: number): { readonly taken: () => number } => {
  const chunk = Buffer.alloc(64 * 1024);
  let written = 0;
  const more = (): void => {
    while (written < bytes) {
      written += chunk.length;
      if (!to.write(chunk)) return void to.once('drain', more);
    }
  };
  more();
  return { taken: () => written - to.writableLength };
};

/** Waits until a number stands still. */
const still = async (look: () => number): Promise<number> => {
  for (let last = -1; ; ) {
    await pause(300);
    if (look() === last) return last;
    last = look();
  }
};

describe('What a replica passes on', () => {
  it('comes whole to the archive, without what is between two hops only or what strangers say of proxies', async (test) => {
    const { port, asked } = await inFrontOf(test, echo);
    const answer = await raw(
      port,
      [
        'POST /mini_buildd/api/migrate?a=%20b HTTP/1.1',
        'Host: buildd.example.org',
        'Connection: close, X-Secret-Hop',
        'X-Secret-Hop: 1',
        'X-Forwarded-For: 203.0.113.9',
        'X-Forwarded-Host: evil.example.org',
        'Forwarded: for=203.0.113.9',
        'X-Real-IP: 203.0.113.9',
        'Te: trailers',
        'Upgrade: h2c',
        'Cookie: mini-buildd-acme=one',
        'Authorization: Bearer two',
        'Accept: text/html',
        'accept: application/json',
        'Content-Length: 5',
        '',
        'hello',
      ].join('\r\n'),
    );
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nhello$/);
    const [req] = asked;
    assert.deepEqual([req?.method, req?.url], ['POST', '/mini_buildd/api/migrate?a=%20b']);
    const { via, ...headers } = req?.headers ?? {};
    assert.deepEqual(headers, {
      host: 'buildd.example.org',
      cookie: 'mini-buildd-acme=one',
      authorization: 'Bearer two',
      accept: 'text/html, application/json',
      'content-length': '5',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      connection: 'close',
    });
    assert.match(via ?? '', /^1\.1 mini-buildd-[0-9a-f]{16}$/);
  });

  it('comes back whole: every cookie, where to go, how the status is called', async (test) => {
    const { url, port } = await inFrontOf(test, (_req, res) => {
      res.writeHead(303, 'Go On', [
        ...['Set-Cookie', 'a=1; HttpOnly', 'Set-Cookie', 'b=2'],
        ...['Location', '/mini_buildd/', 'Keep-Alive', 'timeout=99', 'X-Odd', 'kept'],
      ]);
      res.end('there');
    });
    const answer = await fetch(url, { redirect: 'manual' });
    assert.deepEqual([answer.status, answer.statusText], [303, 'Go On']);
    assert.deepEqual(answer.headers.getSetCookie(), ['a=1; HttpOnly', 'b=2']);
    assert.deepEqual(
      ['location', 'x-odd'].map((name) => answer.headers.get(name)),
      ['/mini_buildd/', 'kept'],
    );
    assert.equal(await answer.text(), 'there');
    assert.doesNotMatch(await raw(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), /timeout=99/);
  });

  it('is never understood in two ways', async (test) => {
    const { port, asked } = await inFrontOf(test, echo);
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
    const post = (...headers: string[]): string => ['POST /a HTTP/1.1', 'Host: a', ...headers, '', ''].join('\r\n');
    for (const bytes of [
      `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`,
      `${post('Content-Length: 0', 'Content-Length: 44')}${smuggled}`,
      `${post('Content-Length: 0, 44')}${smuggled}`,
      `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n${smuggled}`,
      `${post('Transfer-Encoding : chunked')}0\r\n\r\n${smuggled}`,
      `${post('Content-Length: +4')}abcd`,
      'GET http://elsewhere.example.org/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      'GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
      'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      'TRACE /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      'GET /a HTTP/1.1\r\nHost: a\r\nX: a\nb: c\r\nConnection: close\r\n\r\n\r\n',
    ]) {
      assert.match(await raw(port, bytes), /^HTTP\/1\.1 400 /, bytes);
    }
    assert.deepEqual(
      asked.map(({ url }) => url),
      [],
    );
    const chunked = `${post('Transfer-Encoding: chunked', 'Connection: close')}5;ext=1\r\nhello\r\n0\r\nTrailing: x\r\n\r\n`;
    assert.match(await raw(port, chunked), /hello/);
    assert.deepEqual([asked.length, asked[0]?.headers['transfer-encoding'], asked[0]?.trailers], [1, 'chunked', {}]);
  });

  it('keeps the order of requests on one connection, and answers without a body as such', async (test) => {
    const { port, asked } = await inFrontOf(test, (req, res) => {
      if (req.url === '/304') res.writeHead(304, { ETag: '"a"' }).end();
      else if (req.method === 'HEAD') res.writeHead(200, { 'Content-Length': 12345 }).end();
      else res.end(`answer to ${req.url}`);
    });
    const answer = await raw(
      port,
      ['HEAD /head', 'GET /304', 'GET /last']
        .map((line, at) => `${line} HTTP/1.1\r\nHost: a\r\n${at === 2 ? 'Connection: close\r\n' : ''}\r\n`)
        .join(''),
    );
    assert.match(
      answer,
      /^HTTP\/1\.1 200 OK[\s\S]*Content-Length: 12345[\s\S]*HTTP\/1\.1 304 [\s\S]*answer to \/last$/,
    );
    assert.equal(asked.length, 3);
  });

  it('says so when it comes round', async (test) => {
    const parts = { where: async (): Promise<string> => url };
    const { url } = await replica(test, parts);
    const answer = await fetch(url);
    assert.equal(answer.status, 508);
    assert.match(await answer.text(), /"rule":"archive-is-replica"/);
  });
});

describe('A body that is passed on', () => {
  it('is taken no faster than the archive reads it, and kept nowhere', async (test) => {
    const size = 96 * megabyte;
    const { promise: arrived, resolve } = Promise.withResolvers<IncomingMessage>();
    const { port } = await inFrontOf(test, async (req, res) => {
      let bytes = 0;
      req.on('data', (chunk: Buffer) => (bytes += chunk.length));
      req.pause();
      resolve(req);
      await once(req, 'end');
      res.end(String(bytes));
    });
    const client = connect(port, '127.0.0.1');
    test.after(() => client.destroy());
    client.write(
      `PUT /mini_buildd/upload/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`,
    );
    const { taken } = pour(client, size);
    const req = await arrived;
    // What the kernel holds of two connections, and a little of ours.
    assert.ok((await still(taken)) < 32 * megabyte, `${taken()} bytes were taken though nobody read`);
    let [arrivedBytes, most] = [0, 0];
    req.on('data', (chunk: Buffer) => {
      arrivedBytes += chunk.length;
      most = Math.max(most, taken() - arrivedBytes);
    });
    req.resume();
    let answer = '';
    for await (const chunk of client.setEncoding('latin1')) answer += chunk;
    assert.match(answer, new RegExp(`^HTTP/1\\.1 200 OK[\\s\\S]*\\b${size}\\b`));
    assert.ok(most < 32 * megabyte, `${most} bytes were on their way at once`);
  });

  it('is brought back no faster than who asked reads it', async (test) => {
    const size = 96 * megabyte;
    let sent = { taken: () => 0 };
    const { url } = await inFrontOf(test, (_req, res) => {
      res.writeHead(200, { 'Content-Length': size });
      res.flushHeaders();
      sent = pour(res.socket as Socket, size);
    });
    const answer = await new Promise<IncomingMessage>((resolve) => request(url, { agent: false }, resolve).end());
    assert.ok((await still(() => sent.taken())) < 32 * megabyte, `${sent.taken()} bytes were sent though nobody read`);
    let bytes = 0;
    for await (const chunk of answer) bytes += (chunk as Buffer).length;
    assert.equal(bytes, size);
  });

  it('that breaks off at the archive is not whole for who asked', async (test) => {
    for (const headers of [{ 'Content-Length': 1000 }, {}]) {
      const { url } = await inFrontOf(test, (_req, res) => {
        res.writeHead(200, headers);
        res.write('the beginning', () => res.socket?.destroy());
      });
      const answer = await fetch(url);
      await assert.rejects(answer.text());
    }
  });

  it('that its sender gives up is given up at the archive', async (test) => {
    const { promise: over, resolve } = Promise.withResolvers<boolean>();
    const came = Promise.withResolvers<void>();
    const { port } = await inFrontOf(test, (req) => {
      came.resolve();
      req.resume();
      req.on('error', () => undefined);
      req.on('close', () => resolve(req.complete));
    });
    const client = connect(port, '127.0.0.1');
    client.write('PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhello');
    await came.promise;
    client.destroy();
    assert.equal(await over, false);
  });

  it('may be answered before it is whole', async (test) => {
    const { port } = await inFrontOf(test, (_req, res) => {
      res.writeHead(401, { Connection: 'close' }).end('who are you?');
    });
    const client = connect(port, '127.0.0.1');
    client.write('PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\nhello');
    let answer = '';
    for await (const chunk of client.setEncoding('latin1')) answer += chunk;
    assert.match(answer, /^HTTP\/1\.1 401 [\s\S]*Connection: close[\s\S]*who are you\?/);
  });
});

describe('A live stream that is passed on', () => {
  it('comes as it is said, and ends at the archive when its reader leaves', async (test) => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    let stream: ServerResponse | undefined;
    const { url } = await inFrontOf(test, (_req, res) => {
      stream = res;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      res.write('data: 1\n\n');
      res.on('close', resolve);
    });
    const leave = new AbortController();
    const answer = await fetch(url, { signal: leave.signal });
    assert.equal(await readFirst(answer), 'data: 1\n\n');
    stream?.write('data: 2\n\n');
    leave.abort();
    await left;
  });

  for (const type of ['text/plain; charset=utf-8', 'text/event-stream'])
    it(`that is quiet for long goes on: ${type}`, async (test) => {
      const archive: RequestListener = async (_req, res) => {
        res.writeHead(200, { 'Content-Type': type }).write('one\n');
        await pause(4_500);
        res.end('two\n');
      };
      const { url } = await inFrontOf(test, archive, { idle: 3_000 }, { idle: 3_000 });
      assert.equal(await (await fetch(url)).text(), 'one\ntwo\n');
    });

  it('that is silent for too long ends where it is no stream', async (test) => {
    const ends = async (headers: Readonly<Record<string, string>>): Promise<void> => {
      const archive: RequestListener = (_req, res) => void res.writeHead(200, headers).write('a');
      const { url } = await inFrontOf(test, archive, { idle: 2_000 });
      const answer = await fetch(url);
      await assert.rejects(readUntil(answer, () => false));
    };
    await Promise.all([
      ends({}),
      ends({ 'Content-Type': 'text/html' }),
      ends({ 'Content-Type': 'text/plain', 'Content-Length': '9' }),
    ]);
  });
});

const readFirst = async (answer: Response): Promise<string> => {
  const reader = answer.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  return new TextDecoder().decode(value);
};

describe('An archive that cannot be reached', () => {
  it('is said so, by rule, fact and remedy, to programs and to people', async (test) => {
    const { url } = await replica(test, { where: async () => 'http://127.0.0.1:1' });
    const answer = await fetch(url, { method: 'POST', body: 'hello' });
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '10']);
    assert.match(
      await answer.text(),
      /"rule":"archive-unreachable","fact":"[^"]*ECONNREFUSED[^"]*","remedy":"try again later; pages can be read meanwhile"/,
    );
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    assert.match(await page.text(), /<strong>this is a replica, which only reads, and the archive cannot be reached/);
  });

  it('is said so when nobody knows where it is', async (test) => {
    const { url } = await replica(test, { where: () => Promise.reject(new Error('nobody holds the archive')) });
    const answer = await fetch(url);
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /nobody holds the archive/);
  });

  it('is waited for a while and no longer', async (test) => {
    const { url } = await inFrontOf(test, () => undefined, { idle: 300 });
    const answer = await fetch(url);
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /nothing came for 0\.3 s/);
  });

  it('may have done what was asked before it fell silent: that is said, too', async (test) => {
    const { url } = await inFrontOf(test, (req) => void req.socket.destroy());
    const answer = await fetch(url, { method: 'POST', body: 'hello' });
    assert.equal(answer.status, 502);
    assert.match(await answer.text(), /"rule":"archive-unanswered".*"remedy":"look whether it was done/);
    assert.equal((await fetch(url)).status, 503, 'what only reads was not done');
  });

  it('is asked again where a kept connection was closed meanwhile', async (test) => {
    const { url, server, asked } = await inFrontOf(test, (_req, res) => void res.end('here'));
    server.keepAliveTimeout = 60_000;
    for (let times = 0; times < 5; times += 1) {
      const answer = await fetch(url);
      assert.equal(await answer.text(), 'here');
      server.closeIdleConnections();
    }
    assert.equal(asked.length, 5);
  });
});
