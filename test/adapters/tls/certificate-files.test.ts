import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { certificateFiles } from '../../../src/adapters/tls/certificate-files.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { eventually } from '../ftp/open-door.ts';

const quiet = { info: () => undefined, warn: () => undefined };

const inFolder = (test: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-certificate-'));
  test.after(() => rmSync(folder, { recursive: true }));
  const place = makeCertificate(folder, 'place');
  const other = makeCertificate(folder, 'other', 40);
  const opened = () => {
    const certificate = certificateFiles(place, { interval: 10, log: quiet });
    test.after(certificate.close);
    return certificate;
  };
  return { place, other, opened };
};

describe('A certificate in files', () => {
  it('is read, and says how long it is valid', (test) => {
    const { opened } = inFolder(test);
    const days = (opened().state().validUntil - Date.now()) / 86_400_000;
    assert.ok(days > 1.9 && days < 2.1, `${days}`);
  });

  it('is taken anew when both files were replaced', async (test) => {
    const { place, other, opened } = inFolder(test);
    const certificate = opened();
    const renewals: string[] = [];
    certificate.onRenewal(({ cert }) => renewals.push(cert));
    copyFileSync(other.key, place.key);
    await eventually('trouble is said', () => certificate.state().trouble !== undefined);
    assert.match(certificate.state().trouble ?? '', /do not fit: .*key values mismatch/);
    assert.deepEqual(renewals, []);
    copyFileSync(other.certificate, place.certificate);
    await eventually('it is renewed', () => renewals.length === 1);
    assert.equal(certificate.state().trouble, undefined);
    assert.ok(certificate.state().validUntil - Date.now() > 39 * 86_400_000);
  });

  for (const [what, spoil] of [
    ['cut short', (file: string) => writeFileSync(file, '-----BEGIN CERTIFICATE-----\nMII')],
    ['gone', (file: string) => rmSync(file)],
  ] as const) {
    it(`stays as it was while one file is ${what}`, async (test) => {
      const { place, opened } = inFolder(test);
      const certificate = opened();
      const before = certificate.present();
      spoil(place.certificate);
      await eventually('trouble is said', () => certificate.state().trouble !== undefined);
      assert.deepEqual(certificate.present(), before);
    });
  }

  it('is refused to begin with when key and certificate are not of one another', (test) => {
    const { place, other, opened } = inFolder(test);
    copyFileSync(other.key, place.key);
    assert.throws(opened, /^Error: TLS needs .* do not fit: .*; put them at .*place\.crt and .*place\.key/);
  });

  it('is refused to begin with when it cannot be read', (test) => {
    const { place, opened } = inFolder(test);
    rmSync(place.key);
    assert.throws(opened, /^Error: TLS needs .*: ENOENT.*place\.key.*; put them at /);
  });
});
