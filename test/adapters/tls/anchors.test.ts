import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import { anchors } from '../../../src/adapters/tls/anchors.ts';
import { issuedBy, selfSigned } from '../../support/certificates.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { settableClock, yearMs } from '../../support/settable-clock.ts';

/** Its address, and whether a client that believes `ca` alone takes it. */
const served = async (
  test: TestContext,
  pair: { readonly key: Buffer; readonly certificate: Buffer },
  host = '127.0.0.1',
  at = 0,
) => {
  let sessions = 0;
  const server = createServer({ key: pair.key, cert: pair.certificate }, (_, answer) => answer.end());
  server.on('connection', () => {
    sessions += 1;
  });
  await new Promise<void>((resolve) => server.listen(at, host, resolve));
  test.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const isBelieved = (ca: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ host, port, ca }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    isBelieved,
    port,
    sessions: () => sessions,
    close: () => server.close(),
  };
};

const itself = (test: TestContext) => {
  const made = selfSigned();
  test.after(made.remove);
  return made;
};

describe('What others believe our address by', () => {
  it('is nothing without TLS', async () => {
    assert.equal(await anchors(() => 'x')('http://127.0.0.1:8066'), '');
  });

  it('is our own certificate, where that is its own authority', async (test) => {
    const pair = itself(test);
    const { url, isBelieved } = await served(test, pair);
    const given = await anchors(() => pair.certificate.toString())(url);
    assert.ok(await isBelieved(given));
    assert.equal(given.match(/BEGIN CERTIFICATE/g)?.length, 1);
  });

  it('is who issued it, where this machine knows who did, and a proxy shows it', async (test) => {
    const authority = itself(test);
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-anchors-'));
    test.after(() => removeFolder(folder));
    const pair = issuedBy(authority, folder);
    const { url, isBelieved } = await served(test, pair);
    const other = itself(test);
    for (const own of [undefined, other.certificate.toString()]) {
      const given = await anchors(
        () => own,
        () => [other.certificate.toString(), authority.certificate.toString()],
      )(url);
      assert.ok(await isBelieved(given));
      assert.ok(!given.includes(other.certificate.toString().trim()));
    }
  });

  it('is asked for once by all who ask within ten minutes, and again when our own is another', async (test) => {
    const [pair, other] = [itself(test), itself(test)];
    const { url, sessions } = await served(test, pair);
    let [time, mine, looks] = [0, pair.certificate.toString(), 0];
    const ask = anchors(
      () => mine,
      () => {
        looks += 1;
        return [];
      },
      () => time,
    );
    const both = await Promise.all([ask(url), ask(url)]);
    time = 599_000;
    assert.deepEqual([...both, await ask(url)], [mine, mine, mine]);
    assert.deepEqual([sessions(), looks], [1, 1]);
    time = 600_000;
    assert.equal(await ask(url), mine);
    assert.deepEqual([sessions(), looks], [2, 1]);
    mine = other.certificate.toString();
    assert.equal(await ask(url), mine);
    assert.equal(looks, 2);
  });

  it('is asked for again after a minute where nobody answered', async (test) => {
    const pair = itself(test);
    const { url, port, close } = await served(test, pair);
    close();
    let time = 0;
    const ask = anchors(
      () => undefined,
      () => [pair.certificate.toString()],
      () => time,
    );
    assert.equal(await ask(url), '');
    const { sessions } = await served(test, pair, '127.0.0.1', port);
    time = 59_000;
    assert.equal(await ask(url), '');
    assert.equal(sessions(), 0);
    time = 60_000;
    assert.equal(await ask(url), pair.certificate.toString());
  });

  it('is asked for again after a minute, though the clock was set back meanwhile', async (test) => {
    const pair = itself(test);
    const { port, url, close } = await served(test, pair);
    close();
    const clock = settableClock(test);
    const ask = anchors(
      () => undefined,
      () => [pair.certificate.toString()],
    );
    clock.set(yearMs);
    assert.equal(await ask(url), '');
    clock.set(-yearMs);
    await served(test, pair, '127.0.0.1', port);
    assert.equal(await ask(url), '');
    clock.advance(60_000);
    assert.equal(await ask(url), pair.certificate.toString());
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
  it('is found at an address of IPv6', { skip: !hasIpv6 && 'this machine has none' }, async (test) => {
    const pair = itself(test);
    const { url, isBelieved, sessions } = await served(test, pair, '::1');
    const given = await anchors(
      () => undefined,
      () => [pair.certificate.toString()],
    )(url);
    assert.equal(sessions(), 1);
    assert.ok(await isBelieved(given));
  });

  it('is nothing where nobody here believes who answers, and our own where nobody does', async (test) => {
    const [proxy, own] = [itself(test), itself(test)];
    const { url } = await served(test, proxy);
    assert.equal(await anchors(() => undefined)(url), '');
    assert.equal(await anchors(() => own.certificate.toString())('https://127.0.0.1:1'), own.certificate.toString());
  });
});
