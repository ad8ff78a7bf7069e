import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopback, plainAddress, sameAddress, visitor } from '../../../src/adapters/ftp/address.ts';

describe('the address of an FTP client', () => {
  it('is an IPv4 address also when it came in by an IPv6 socket', () => {
    assert.equal(plainAddress('::ffff:192.0.2.7'), '192.0.2.7');
    assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
    assert.equal(plainAddress(undefined), '');
  });

  it('may be spelt in many ways, and is still no other', () => {
    assert.ok(sameAddress('2001:DB8:0:0:0:0:0:1', '2001:db8::1'));
    assert.ok(sameAddress('::ffff:192.0.2.7', '192.0.2.7'));
    assert.ok(sameAddress('fe80::1', 'fe80::1%eth0'));
    for (const other of ['192.0.2.8', '192.0.2', '192.0.2.07', 'localhost', '', '::ffff:192.0.2.8', '3221225991'])
      assert.equal(sameAddress(other, '192.0.2.7'), false, other);
  });

  it('is of this machine, or of another', () => {
    for (const ours of ['127.0.0.1', '127.8.9.10', '::1']) assert.ok(isLoopback(ours), ours);
    for (const other of ['192.0.2.7', '128.0.0.1', '::', '2001:db8::1', '']) assert.equal(isLoopback(other), false);
  });

  it('counts as one visitor with all of its /64', () => {
    const one = visitor('2001:db8:1:2::1');
    for (const same of ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::', '2001:db8:1:2:0:0:0:9'])
      assert.equal(visitor(same), one);
    for (const other of ['2001:db8:1:3::1', '2001:db8:1::1', '::1', '192.0.2.7']) assert.notEqual(visitor(other), one);
    assert.notEqual(visitor('192.0.2.7'), visitor('192.0.2.8'));
  });
});
