import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { certificateFiles } from '../../../src/adapters/tls/certificate-files.ts';
import { certificateNotices } from '../../../src/app/certificate-notices.ts';
import { clientAuthority, makeCertificate } from '../../support/certificates.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { eventually } from '../ftp/open-door.ts';

const quiet = { info: () => undefined, warn: () => undefined };

const inFolder = (test: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-certificate-'));
  test.after(() => removeFolder(folder));
  const place = makeCertificate(folder, 'place');
  const other = makeCertificate(folder, 'other', 40);
  const opened = () => {
    const certificate = certificateFiles(place, { interval: 10, log: quiet });
    test.after(certificate.close);
    return certificate;
  };
  return { folder, place, other, opened };
};

describe('A certificate in files', () => {
  it('is read, and says how long it is valid', (test) => {
    const { opened } = inFolder(test);
    const { validFrom, validUntil } = opened().state();
    const days = (validUntil - Date.now()) / 86_400_000;
    assert.ok(days > 1.9 && days < 2.1, `${days}`);
    assert.equal(validUntil - validFrom, 2 * 86_400_000);
  });

  it('is taken anew when both files were replaced', async (test) => {
    const { place, other, opened } = inFolder(test);
    const certificate = opened();
    const renewals: string[] = [];
    certificate.onRenewal(({ cert }) => renewals.push(cert));
    copyFileSync(other.key, place.key);
    // It may be looked at while half of it is copied.
    const misfit = /do not fit: .*key values mismatch/;
    await eventually('trouble is said', () => misfit.test(certificate.state().trouble ?? ''));
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

  it('comes first in its file, before those that lead to its authority, and is refused otherwise with its place', async (test) => {
    const { place, other, opened, folder } = inFolder(test);
    const authority = clientAuthority(folder, 'authority');
    const leaf = authority.issue('leaf', { usage: 'serverAuth' });
    const text = (file: string) => readFileSync(file, 'utf8');
    copyFileSync(leaf.key, place.key);
    writeFileSync(place.certificate, `${text(authority.certificate)}${text(leaf.certificate)}`);
    assert.throws(opened, /do not fit: that of the key is number 2 in its file, and has to be the first; put them at /);
    writeFileSync(place.certificate, `${text(leaf.certificate)}${text(authority.certificate)}`);
    const certificate = opened();
    assert.equal(certificate.state().trouble, undefined);
    writeFileSync(place.certificate, `${text(other.certificate)}${text(leaf.certificate)}`);
    await eventually('trouble is said', () => /number 2 in its file/.test(certificate.state().trouble ?? ''));
  });

  it('takes the place of one that still counts only if it counts itself', async (test) => {
    const { place, opened, folder } = inFolder(test);
    const authority = clientAuthority(folder, 'authority');
    const before = authority.issue('leaf');
    const put = (file: string) => copyFileSync(file, place.certificate);
    copyFileSync(before.key, place.key);
    put(before.certificate);
    const certificate = opened();
    put(authority.issue('leaf', { of: before, days: -1 }).certificate);
    await eventually('trouble is said', () =>
      /^the certificate ended at \d{4}-/.test(certificate.state().trouble ?? ''),
    );
    assert.equal(certificate.present().cert, readFileSync(before.certificate, 'utf8'));
    const renewed = authority.issue('leaf', { of: before, days: 40 });
    put(renewed.certificate);
    await eventually('it is renewed', () => certificate.state().trouble === undefined);
    assert.equal(certificate.present().cert, readFileSync(renewed.certificate, 'utf8'));
  });

  it('is used though it has ended when there is no other, and says when', (test) => {
    const { place, opened, folder } = inFolder(test);
    const ended = clientAuthority(folder, 'authority').issue('leaf', { days: -1 });
    copyFileSync(ended.key, place.key);
    copyFileSync(ended.certificate, place.certificate);
    const state = opened().state();
    assert.ok(state.validUntil < Date.now());
    const [notice] = certificateNotices(state, Date.now());
    assert.match(notice?.fact ?? '', /^the certificate of HTTPS ended on .*: nobody trusts it$/);
  });

  for (const [what, spoil, why] of [
    ['no certificate', (file: string) => writeFileSync(file, 'rubbish'), /no certificate in PEM format/],
    ['one that issues nothing', undefined, /among the authorities of clients is CN=leaf, which is no authority/],
    ['gone', (file: string) => rmSync(file), /ENOENT/],
  ] as const)
    it(`is refused to begin with, and goes on later, where the file of authorities of clients is ${what}`, async (test) => {
      const { place, folder } = inFolder(test);
      const authority = clientAuthority(folder, 'authority');
      const clients = join(folder, 'clients.pem');
      const leaf = authority.issue('leaf').certificate;
      const doSpoil = spoil ?? ((file: string) => copyFileSync(leaf, file));
      const open = () => {
        const certificate = certificateFiles({ ...place, clients }, { interval: 10, log: quiet });
        test.after(certificate.close);
        return certificate;
      };
      copyFileSync(authority.certificate, clients);
      const certificate = open();
      doSpoil(clients);
      assert.throws(open, why);
      assert.throws(open, /or take MINI_BUILDD_TLS_CLIENT_CA away$/);
      await eventually('trouble is said', () => why.test(certificate.state().trouble ?? ''));
      assert.equal(certificate.present().clients, readFileSync(authority.certificate, 'utf8'));
    });

  it('does not keep an authority of clients that is taken away meanwhile', async (test) => {
    const { place, other, folder } = inFolder(test);
    const [authority, another] = [clientAuthority(folder, 'authority'), clientAuthority(folder, 'another')];
    const clients = join(folder, 'clients.pem');
    copyFileSync(authority.certificate, clients);
    const certificate = certificateFiles({ ...place, clients }, { interval: 10, log: quiet });
    test.after(certificate.close);
    const { cert } = certificate.present();
    copyFileSync(other.key, place.key);
    await eventually('trouble is said', () => certificate.state().trouble !== undefined);
    const wanted = readFileSync(another.certificate, 'utf8');
    copyFileSync(another.certificate, clients);
    await eventually('they are taken up', () => certificate.present().clients === wanted);
    assert.equal(certificate.present().cert, cert);
    assert.match(certificate.state().trouble ?? '', /do not fit/);
  });

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
