import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { type GnupgHome, gnupgHome } from './gnupg-home.ts';

const release = `Origin: test\nSuite: bookworm-test-unstable\nSHA256:\n ${'a'.repeat(64)} 1 main/binary-amd64/Packages\n`;

let home: GnupgHome;
let keysFolder: string;

const keyring = (folder = keysFolder) => openpgpKeyring({ keysFolder: folder, now: Date.now });

before(() => {
  home = gnupgHome();
  keysFolder = join(home.folder, 'new', 'keys');
});
after(() => home.close());

describe('The archive key', () => {
  it('is made once, also when several ask at the same time', async () => {
    const keys = await Promise.all([keyring(), keyring()].map((each) => each.archiveKey()));
    assert.equal(keys[0]?.fingerprint, keys[1]?.fingerprint);
    assert.equal((await keyring().archiveKey()).fingerprint, keys[0]?.fingerprint);
    assert.deepEqual(readdirSync(keysFolder), ['archive-key.asc']);
  });

  it('is for its owner only', () => {
    assert.equal(statSync(keysFolder).mode & 0o777, 0o700);
    assert.equal(statSync(join(keysFolder, 'archive-key.asc')).mode & 0o777, 0o600);
  });

  it('gives out nothing private', async () => {
    assert.doesNotMatch((await keyring().archiveKey()).publicKey, /PRIVATE/);
  });

  it('is not made anew where one is that cannot be read', async () => {
    const folder = join(home.folder, 'damaged');
    mkdirSync(folder);
    writeFileSync(join(folder, 'archive-key.asc'), '');
    await assert.rejects(keyring(folder).archiveKey(), /damaged\/archive-key\.asc.*backup/);
    assert.equal(readFileSync(join(folder, 'archive-key.asc'), 'utf8'), '');
  });

  it('is made by the next call when the first could not write it', async () => {
    const folder = join(home.folder, 'file-in-the-way');
    writeFileSync(folder, '');
    const stubborn = keyring(join(folder, 'keys'));
    await assert.rejects(stubborn.archiveKey());
    rmSync(folder);
    assert.match((await stubborn.archiveKey()).fingerprint, /^[0-9A-F]{40}$/);
  });
});

describe('A signed Release', () => {
  const ring = async (): Promise<string> => {
    home.gpg(['--import'], (await keyring().archiveKey()).publicKey);
    return home.exportRing([(await keyring().archiveKey()).fingerprint]);
  };

  it('is good for gpgv as InRelease and as Release.gpg, with the text it had', async () => {
    const { inRelease, detached } = await keyring().signRelease(release, Date.now());
    assert.deepEqual(home.gpgv(await ring(), inRelease), { good: true, text: release });
    assert.ok(home.gpgv(await ring(), release, detached).good);
    assert.ok(!home.gpgv(await ring(), release.replace('test', 'best'), detached).good);
  });

  it('carries the given date, which is never before its key', async () => {
    const path = join(home.folder, 'archive.asc');
    writeFileSync(path, (await keyring().archiveKey()).publicKey);
    const later = Math.floor(Date.now() / 1000) * 1000 + 60_000;
    for (const [date, least] of [
      [later, later],
      [0, Date.now() - 600_000],
    ] as const) {
      const { inRelease } = await keyring().signRelease(release, date);
      const { signature, signedText } = await keyring().verify(Buffer.from(inRelease), [path]);
      assert.ok(signature.status === 'good');
      assert.ok(Date.parse(signature.signedAt) >= least);
      assert.equal(`${signedText}\n`, release);
    }
  });
});
