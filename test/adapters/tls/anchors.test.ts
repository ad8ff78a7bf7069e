import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import { anchors } from '../../../src/adapters/tls/anchors.ts';
import { issuedBy, selfSigned } from '../../support/certificates.ts';

/** Its address, and whether a client that believes `ca` alone takes it. */
const served = async (test: TestContext, pair: { readonly key: Buffer; readonly certificate: Buffer }) => {
  const server = createServer({ key: pair.key, cert: pair.certificate }, (_, answer) => answer.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const isBelieved = (ca: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ca }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  return { url: `https://127.0.0.1:${port}`, isBelieved };
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
    test.after(() => rm(folder, { recursive: true }));
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

  it('is nothing where nobody here believes who answers, and our own where nobody does', async (test) => {
    const [proxy, own] = [itself(test), itself(test)];
    const { url } = await served(test, proxy);
    assert.equal(await anchors(() => undefined)(url), '');
    assert.equal(await anchors(() => own.certificate.toString())('https://127.0.0.1:1'), own.certificate.toString());
  });
});
