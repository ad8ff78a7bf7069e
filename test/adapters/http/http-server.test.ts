import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { Subject } from 'rxjs';
import type { Duration } from '../../../src/adapters/http/metrics.ts';
import { raw, serve } from './served.ts';

const head = 'GET /healthz HTTP/1.1\r\nHost: x\r\n';

describe('the web server', () => {
  it('leads to the home page', async (test) => {
    const { url } = await serve(test);
    assert.equal((await fetch(`${url}/`, { redirect: 'manual' })).headers.get('location'), '/mini_buildd/');
    assert.equal((await fetch(`${url}/mini_buildd`, { redirect: 'manual' })).headers.get('location'), '/mini_buildd/');
    assert.equal((await fetch(url)).status, 200);
  });

  it('allows pages nothing that is not ours, and nothing inline', async (test) => {
    const { url } = await serve(test);
    for (const path of ['/mini_buildd/', '/mini_buildd/api?output=html', '/nothing?output=html', '/log/']) {
      const answer = await fetch(url + path);
      const policy = answer.headers.get('content-security-policy') ?? '';
      assert.match(policy, /^default-src 'none';/);
      assert.doesNotMatch(policy, /unsafe|\*|data:|https?:/);
      for (const directive of ["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"])
        assert.ok(policy.includes(directive), `${path}: ${directive}`);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(answer.headers.get('x-powered-by'), null);
      assert.doesNotMatch(await answer.text(), /<style|style=|<script(?! src="\/)| on[a-z]+=|javascript:/);
    }
  });

  it('serves its assets for ever under the name of their content', async (test) => {
    const { url } = await serve(test);
    const page = await (await fetch(url)).text();
    const assets = [...page.matchAll(/(?:src|href)="(\/mini_buildd\/assets\/[^"]+)"/g)].map(([, path]) => path);
    assert.equal(new Set(assets).size, 4);
    for (const path of assets) {
      const answer = await fetch(url + path);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
    }
  });

  it('is healthy as soon as it answers, and ready when it says so', async (test) => {
    const state: { ready: true | string } = { ready: 'the log is being replayed' };
    const { url } = await serve(test, { ready: () => state.ready });
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    const early = await fetch(`${url}/readyz`);
    assert.equal(early.status, 503);
    assert.equal(await early.text(), 'the log is being replayed\n');
    state.ready = true;
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
  });

  it('measures queues, stages, the log, the event loop and its own answers', async (test) => {
    const durations$ = new Subject<Duration>();
    const levels = () => ({
      events: 42,
      isLogWritable: true,
      sealAge: 90,
      isSealAmiss: false,
      concerns: { critical: 1, warning: 2 },
      queues: [{ queue: 'needs-build', architecture: 'amd64', length: 3 }],
    });
    const { url } = await serve(test, { metrics: { levels, durations$ } });
    durations$.next({ stage: 'build', architecture: 'amd64', result: 'succeeded', seconds: 7 });
    await fetch(`${url}/repositories/none/dists/`);
    const text = await (await fetch(`${url}/metrics`)).text();
    assert.match(text, /^mini_buildd_log_events 42$/m);
    assert.match(text, /^mini_buildd_log_writable 1$/m);
    assert.match(text, /^mini_buildd_log_seal_age_seconds 90$/m);
    assert.match(text, /^mini_buildd_log_seal_amiss 0$/m);
    assert.match(text, /^mini_buildd_concerns\{severity="critical"\} 1$/m);
    assert.match(text, /^mini_buildd_concerns\{severity="warning"\} 2$/m);
    assert.match(text, /^mini_buildd_queue_length\{queue="needs-build",architecture="amd64"\} 3$/m);
    assert.match(text, /^mini_buildd_stage_seconds_sum\{stage="build",architecture="amd64",result="succeeded"\} 7$/m);
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
    assert.match(text, /^mini_buildd_http_answers_total\{area="repositories",status="4xx"\} 1$/m);
  });

  const malformed = [
    {
      what: 'two framings at once',
      bytes: 'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    },
    {
      what: 'two lengths',
      bytes: 'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd',
    },
    { what: 'a signed length', bytes: 'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd' },
    {
      what: 'a chunk size that is none',
      bytes: 'POST /mini_buildd/api/show HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
    },
    {
      what: 'an unknown transfer coding',
      bytes: 'POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n',
    },
    { what: 'bare line feeds', bytes: 'GET /healthz HTTP/1.1\nHost: x\n\n' },
    { what: 'a folded header', bytes: `${head} folded: x\r\n\r\n` },
    { what: 'a space before the colon', bytes: `${head}X-A : b\r\n\r\n` },
    { what: 'NUL in a header', bytes: `${head}X-A: \0\r\n\r\n` },
    { what: 'no host', bytes: 'GET /healthz HTTP/1.1\r\n\r\n' },
    { what: 'another protocol', bytes: 'SSH-2.0-OpenSSH_9.2\r\n\r\n' },
    { what: 'TLS', bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' },
  ];
  for (const { what, bytes } of malformed) {
    it(`answers ${what} with 400 and closes`, async (test) => {
      const { port, url } = await serve(test);
      assert.match(await raw(port, bytes), /^HTTP\/1\.1 400 /);
      assert.equal((await fetch(`${url}/healthz`)).status, 200);
    });
  }

  it('answers a header of 1 MB with 431', async (test) => {
    const { port } = await serve(test);
    assert.match(await raw(port, `${head}X-Long: ${'x'.repeat(1e6)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  });

  it('answers who never ends a header, or a body, with 408', async (test) => {
    const { port } = await serve(test, { limits: { headers: 100, request: 200 } });
    const [slowHeader, slowBody] = await Promise.all([
      raw(port, head),
      raw(
        port,
        'POST /mini_buildd/api/show HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
      ),
    ]);
    assert.match(slowHeader, /^HTTP\/1\.1 408 /);
    assert.match(slowBody, /^HTTP\/1\.1 408 /);
  });

  it('ends a connection that stays without a request', async (test) => {
    const { port } = await serve(test, { limits: { keepAlive: 2_000 } });
    assert.match(await raw(port, `${head}\r\n`), /^HTTP\/1\.1 200 OK/);
  });

  it('bounds the connections of one address', async (test) => {
    const { port } = await serve(test, { limits: { connectionsPerAddress: 2, speaksForMany: () => false } });
    const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.write(`${head}\r\n`, resolve))));
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
    assert.equal(await raw(port, `${head}\r\n`), '');
    for (const socket of held) socket.destroy();
  });

  it('gives idle connections up for new ones when it has too many', async (test) => {
    const { port } = await serve(test, { limits: { connections: 1, keepAlive: 60_000 } });
    const idle = connect(port, '127.0.0.1');
    idle.on('error', () => undefined).write(`${head}\r\n`);
    await new Promise((resolve) => idle.once('data', resolve));
    const closed = new Promise((resolve) => idle.once('close', resolve));
    await raw(port, `${head}Connection: close\r\n\r\n`);
    await closed;
    assert.match(await raw(port, `${head}Connection: close\r\n\r\n`), /^HTTP\/1\.1 200 OK/);
  });

  it('closes though a client holds on', async (test) => {
    const { port, close } = await serve(test);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).write(`${head}\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    await close();
  });

  it('says why when it cannot listen', async (test) => {
    const { port } = await serve(test);
    await assert.rejects(serve(test, { endpoints: [{ host: '127.0.0.1', port, isTls: false }] }), /EADDRINUSE/);
  });
});
