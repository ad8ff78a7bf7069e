import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { httpWebhooks } from '../../../src/adapters/outbound/http-webhooks.ts';
import { isPublicAddress } from '../../../src/adapters/outbound/public-address.ts';
import { CallFailed } from '../../../src/ports/webhooks.ts';

type Heard = {
  readonly headers: IncomingMessage['headers'];
  readonly method: string | undefined;
  readonly body: string;
};

/** A program on the loopback that answers as told, and what it heard. */
const listener = async (test: TestContext, answer: (res: ServerResponse) => void) => {
  const heard: Heard[] = [];
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    heard.push({ headers: req.headers, method: req.method, body });
    answer(res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { heard, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const body = '{"title":"INSTALLED (trixie-acme-unstable): hello 2.10-3 🐧"}';
const call = (url: string) => ({ target: { url, secret: 's3cret' }, id: '00000000-0000-4000-8000-000000000017', body });
const caller = (allowed: readonly string[], more: { longest?: number; resolve?: LookupFunction } = {}) =>
  httpWebhooks({ allowed: new Set(allowed), longest: 5000, ...more });

const failure = async (made: Promise<void>): Promise<string> => {
  const error = await made.then(
    () => assert.fail('it was taken'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CallFailed, String(error));
  return error.message;
};

/** A resolver that knows these addresses of every name. */
const at =
  (...addresses: readonly string[]): LookupFunction =>
  (_name, options, callback) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family);
  };

describe('A call', () => {
  it('is a POST whose body anybody with the secret can check', async (test) => {
    const { heard, host } = await listener(test, (res) => res.writeHead(204).end());
    await caller([host]).call(call(`http://${host}/hooks?a=b`));
    const [{ method, headers, body: came } = {} as Heard] = heard;
    assert.deepEqual([method, came], ['POST', body]);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(headers['x-mini-buildd-delivery'], '00000000-0000-4000-8000-000000000017');
    const expected = createHmac('sha256', 's3cret').update(Buffer.from(body)).digest('hex');
    assert.equal(headers['x-mini-buildd-signature-256'], `sha256=${expected}`);
  });

  it('is not taken by who answers anything but success, and follows nobody', async (test) => {
    const target = await listener(test, (res) => res.writeHead(204).end());
    for (const status of [301, 302, 307, 308, 400, 410, 500]) {
      const { host } = await listener(test, (res) =>
        res.writeHead(status, { Location: `http://${target.host}/` }).end('x'.repeat(100_000)),
      );
      const fact = await failure(caller([host, target.host]).call(call(`http://${host}/s3cret-path`)));
      assert.equal(fact, `${host} answered ${status}`);
    }
    assert.deepEqual(target.heard, []);
  });

  it('does not wait for ever', async (test) => {
    const { host } = await listener(test, () => undefined);
    assert.match(await failure(caller([host], { longest: 200 }).call(call(`http://${host}/`))), /cannot be reached/);
  });

  it('says nothing of path and secret when nobody is there', async () => {
    const fact = await failure(caller(['127.0.0.1:1']).call(call('http://127.0.0.1:1/s3cret-path')));
    assert.equal(fact, '127.0.0.1:1 cannot be reached (ECONNREFUSED)');
  });

  it('reaches no address that is not public, however it is written', async (test) => {
    const { heard, host } = await listener(test, (res) => res.writeHead(204).end());
    const port = host.split(':')[1];
    for (const name of ['127.0.0.1', '2130706433', '0x7f.1', '0', '[::1]', '[::ffff:127.0.0.1]', '[::]']) {
      assert.match(await failure(caller([]).call(call(`http://${name}:${port}/`))), /not public/, name);
    }
    assert.deepEqual(heard, []);
  });

  it('reaches no name that leads to such an address, not even among others', async (test) => {
    const { heard, host } = await listener(test, (res) => res.writeHead(204).end());
    const url = `http://hooks.example.org:${host.split(':')[1]}/`;
    for (const addresses of [['127.0.0.1'], ['192.0.43.10', '127.0.0.1'], ['169.254.169.254'], ['::1'], []]) {
      assert.match(await failure(caller([], { resolve: at(...addresses) }).call(call(url))), /not public/);
    }
    assert.deepEqual(heard, []);
    await caller([new URL(url).host], { resolve: at('127.0.0.1') }).call(call(url));
    assert.equal(heard.length, 1, 'unless that host is allowed by name');
  });

  it('is for public addresses', () => {
    for (const address of ['192.0.43.10', '8.8.8.8', '2a04:4e42::644'])
      assert.equal(isPublicAddress(address), true, address);
    for (const address of [
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '127.0.0.1',
      '169.254.169.254',
      '172.16.0.1',
      '192.168.1.1',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '::ffff:10.0.0.1',
      '64:ff9b::a00:1',
      'fe80::1',
      'fd00::1',
      'ff02::1',
      'localhost',
      '',
    ]) {
      assert.equal(isPublicAddress(address), false, address);
    }
  });
});
