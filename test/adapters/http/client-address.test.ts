import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { addressOf, noProxies, noteClient, proxiesAmong } from '../../../src/adapters/http/client-address.ts';

const proxies = proxiesAmong(['127.0.0.1', '10.0.0.0/8', '2001:db8::/64']);

const from = (remoteAddress: string, said?: string | string[], known = proxies): string => {
  const headers = said === undefined ? {} : { 'x-forwarded-for': said };
  const req = { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
  noteClient(req, known);
  return addressOf(req);
};

describe('Who asks', () => {
  it('is who is connected, whatever he says', () => {
    assert.equal(from('192.0.2.1'), '192.0.2.1');
    assert.equal(from('192.0.2.1', '198.51.100.7'), '192.0.2.1');
    assert.equal(from('127.0.0.1', '198.51.100.7', noProxies), '127.0.0.1');
    assert.equal(from('::ffff:192.0.2.1'), '192.0.2.1');
  });

  it('is for whom a proxy of ours asks', () => {
    assert.equal(from('127.0.0.1', '198.51.100.7'), '198.51.100.7');
    assert.equal(from('::ffff:127.0.0.1', '2001:db8:1::7'), '2001:db8:1::7');
    assert.equal(from('2001:db8::1', '198.51.100.7, 10.9.9.9'), '198.51.100.7');
  });

  it('is nobody that a client put before himself', () => {
    assert.equal(from('127.0.0.1', '203.0.113.5, 198.51.100.7'), '198.51.100.7');
    assert.equal(from('127.0.0.1', ['203.0.113.5', '198.51.100.7']), '198.51.100.7');
  });

  it('is the proxy where it says nothing that is an address', () => {
    for (const said of ['', 'unknown', '198.51.100.7, <b>', '10.0.0.1'])
      assert.equal(from('127.0.0.1', said), '127.0.0.1');
  });

  it('is believed of addresses and networks only', () => {
    for (const written of ['proxy.example.org', '10.0.0.0/33', '10.0.0/8', '*']) {
      assert.throws(() => proxiesAmong([written]), /neither an address nor a network/, written);
    }
  });
});
