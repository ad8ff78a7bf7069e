import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { certificateFiles } from '../../../src/adapters/tls/certificate-files.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { freePort } from '../../system/support/programs.ts';
import { eventually } from '../ftp/open-door.ts';
import { serve } from './served.ts';

const plain = { host: '127.0.0.1', port: 0, isTls: false };
const secure = { host: '127.0.0.1', port: 0, isTls: true };

/** Served at two plain endpoints and one by TLS, with a certificate that can be replaced. */
const served = async (test: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-listening-'));
  test.after(() => removeFolder(folder));
  const files = makeCertificate(folder, 'first');
  const next = makeCertificate(folder, 'next');
  const certificate = certificateFiles(files, { interval: 10, log: { info: () => undefined, warn: () => undefined } });
  test.after(certificate.close);
  const limits = { headers: 3_000 };
  const { ports } = await serve(test, { endpoints: [plain, secure, plain], certificate, limits });
  const [first = 0, tls = 0, second = 0] = ports;
  const renew = (): void => {
    copyFileSync(next.key, files.key);
    copyFileSync(next.certificate, files.certificate);
  };
  return {
    first,
    tls,
    second,
    renew,
    ca: { first: readFileSync(files.certificate), next: readFileSync(next.certificate) },
  };
};

/** Status and text of `/healthz` by TLS, trusting `ca` and nobody else. */
const healthz = (port: number, ca: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, ca, path: '/healthz', agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(`${answer.statusCode} ${text}`));
    })
      .on('error', reject)
      .end();
  });

const answersAt = (host: string, port: number): Promise<boolean> =>
  fetch(`http://${host}:${port}/healthz`, { headers: { connection: 'close' } }).then(
    async (answer) => (await answer.text()) === 'ok\n',
    () => false,
  );

describe('The endpoints of the web server', () => {
  it('answer alike, with TLS and without', async (test) => {
    const { first, second, tls, ca } = await served(test);
    for (const port of [first, second]) {
      assert.equal(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text(), 'ok\n');
    }
    assert.equal(await healthz(tls, ca.first), '200 ok\n');
  });

  for (const [host, four, six] of [
    [undefined, true, true],
    ['::', true, true],
    ['0.0.0.0', true, false],
    ['127.0.0.1', true, false],
    ['::1', false, true],
  ] as const)
    it(`answer at ${host ?? 'no address in particular'} by ${[...(four ? ['IPv4'] : []), ...(six ? ['IPv6'] : [])].join(' and ')}`, async (test) => {
      const { port } = await serve(test, { endpoints: [{ host, port: 0, isTls: false }] });
      assert.deepEqual([await answersAt('127.0.0.1', port), await answersAt('[::1]', port)], [four, six]);
    });

  for (const hosts of [
    ['0.0.0.0', '::'],
    ['::', '0.0.0.0'],
    ['127.0.0.1', undefined],
    ['127.0.0.1', '::1'],
  ] as const)
    it(`answer by both families where each has its own at one port: ${hosts.join(', ')}`, async (test) => {
      const port = await freePort();
      const { ports } = await serve(test, { endpoints: hosts.map((host) => ({ host, port, isTls: false })) as never });
      assert.deepEqual(ports, [port, port]);
      assert.deepEqual([await answersAt('127.0.0.1', port), await answersAt('[::1]', port)], [true, true]);
    });

  it('show a renewed certificate to the next connection', async (test) => {
    const { tls, ca, renew } = await served(test);
    renew();
    await eventually('the new one is shown', async () => (await healthz(tls, ca.next).catch(() => '')) === '200 ok\n');
    await assert.rejects(healthz(tls, ca.first));
  });

  it('let go of who speaks no TLS, or says nothing, where TLS is spoken', async (test) => {
    const { tls, ca } = await served(test);
    for (const words of ['GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', '']) {
      const socket = connect(tls, '127.0.0.1', () => socket.write(words));
      socket.on('error', () => undefined).resume();
      await new Promise((resolve) => socket.once('close', resolve));
    }
    assert.equal(await healthz(tls, ca.first), '200 ok\n');
  });

  it('are all closed when one of them cannot be had', async (test) => {
    const taken = await serve(test);
    const endpoints = [plain, { ...plain, port: taken.port }];
    await assert.rejects(serve(test, { endpoints }), /EADDRINUSE/);
  });

  it('are refused without a certificate where TLS is wanted', async (test) => {
    await assert.rejects(serve(test, { endpoints: [plain, secure] }), /certificate/);
  });
});
