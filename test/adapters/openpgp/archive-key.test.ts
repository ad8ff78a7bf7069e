import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { oneBlock } from '../../../src/domain/archive-key/key-block.ts';
import type { Fingerprint } from '../../../src/domain/debian/names.ts';
import type { Refusal } from '../../../src/domain/refusal.ts';
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

const made = (folder = keysFolder) => keyring(folder).newArchiveKey([]);

describe('The archive key', () => {
  it('is made once, also when several ask at the same time', async () => {
    const keys = await Promise.all([made(), made()]);
    assert.equal(keys[0]?.fingerprint, keys[1]?.fingerprint);
    assert.equal((await made()).fingerprint, keys[0]?.fingerprint);
    assert.deepEqual(readdirSync(keysFolder), ['archive-key.asc']);
  });

  it('is for its owner only', () => {
    assert.equal(statSync(keysFolder).mode & 0o777, 0o700);
    assert.equal(statSync(join(keysFolder, 'archive-key.asc')).mode & 0o777, 0o600);
  });

  it('gives out nothing private', async () => {
    assert.doesNotMatch((await made()).publicKey, /PRIVATE/);
  });

  it('is not made anew where one is that cannot be read', async () => {
    const folder = join(home.folder, 'damaged');
    mkdirSync(folder);
    writeFileSync(join(folder, 'archive-key.asc'), '');
    await assert.rejects(made(folder), /damaged\/archive-key\.asc.*backup/);
    assert.equal(readFileSync(join(folder, 'archive-key.asc'), 'utf8'), '');
  });

  it('is not made because something is to be signed by one that is not there', async () => {
    const folder = join(home.folder, 'lost');
    const { fingerprint } = await made();
    await assert.rejects(keyring(folder).signRelease(release, 0, [fingerprint]), /is not in .*lost; .*backup/);
    assert.ok(!existsSync(folder));
  });

  it('is made by the next call when the first could not write it', async () => {
    const folder = join(home.folder, 'file-in-the-way');
    writeFileSync(folder, '');
    const stubborn = keyring(join(folder, 'keys'));
    await assert.rejects(stubborn.newArchiveKey([]));
    rmSync(folder);
    assert.match((await stubborn.newArchiveKey([])).fingerprint, /^[0-9A-F]{40}$/);
  });
});

describe('A further archive key', () => {
  it('is made once until it is known, also when several ask at the same time', async () => {
    const { fingerprint } = await made();
    const others = await Promise.all([1, 2].map(() => keyring().newArchiveKey([fingerprint])));
    assert.notEqual(others[0]?.fingerprint, fingerprint);
    assert.equal(others[0]?.fingerprint, others[1]?.fingerprint);
    assert.deepEqual(await keyring().newArchiveKey([fingerprint]), others[0]);
    assert.deepEqual(readdirSync(keysFolder).toSorted(), ['archive-key-2.asc', 'archive-key.asc']);
  });

  it('is another one for a process that signed before it was made', async () => {
    const folder = join(home.folder, 'running');
    const running = keyring(folder);
    const { fingerprint } = await running.newArchiveKey([]);
    await running.clearsign('text', [fingerprint]);
    const further = await running.newArchiveKey([fingerprint]);
    assert.match(await running.clearsign('text', [further.fingerprint]), /BEGIN PGP SIGNATURE/);
  });
});

describe('An archive key that ends', () => {
  const day = 86_400_000;
  const ending = (name: string, days: number) => {
    const folder = join(home.folder, name);
    const fingerprint = home.makeKey(name, 'rsa3072', [], `${days}d`) as Fingerprint;
    mkdirSync(folder);
    writeFileSync(join(folder, 'archive-key.asc'), home.gpg(['--armor', '--export-secret-keys', fingerprint]));
    return { folder, fingerprint };
  };
  const at = (folder: string, now: number) => openpgpKeyring({ keysFolder: folder, now: () => now });

  it('signs until then, and after that refuses, as apt would', async () => {
    const { folder, fingerprint } = ending('ends', 10);
    const [facts] = await at(folder, Date.now()).archiveKeys([fingerprint]);
    const end = Date.parse(facts?.expiresAt ?? '');
    assert.ok(Math.abs(end - Date.now() - 10 * day) < day, facts?.expiresAt ?? 'never');
    await at(folder, end - day).signRelease(release, end - day, [fingerprint]);
    await assert.rejects(at(folder, end + day).signRelease(release, end + day, [fingerprint]), (error: object) => {
      assert.equal('refusal' in error && (error.refusal as Refusal).rule, 'archive-key-expired');
      return true;
    });
  });

  it('leaves signing to those that have not ended', async () => {
    const { folder, fingerprint } = ending('first', 10);
    const keys = at(folder, Date.now());
    const newer = await keys.newArchiveKey([fingerprint]);
    const late = Date.now() + 20 * day;
    const { inRelease } = await keys.signRelease(release, late, [fingerprint, newer.fingerprint]);
    const { signature } = await at(folder, late).verify(Buffer.from(inRelease), [], [newer.publicKey]);
    assert.equal(signature.status === 'good' && signature.fingerprint, newer.fingerprint);
    assert.equal(inRelease.match(/BEGIN PGP SIGNATURE/g)?.length, 1);
  });

  it('is prolonged in its file, for gpg and gpgv too, and signs on', async () => {
    const { folder, fingerprint } = ending('prolonged', 10);
    const keys = at(folder, Date.now());
    const until = Math.floor(Date.now() / 1000) * 1000 + 500 * day;
    const { publicKey, expiresAt } = await keys.prolong(fingerprint, until);
    assert.equal(expiresAt, new Date(until).toISOString());
    assert.equal((await keys.prolong(fingerprint, until)).publicKey, publicKey, 'said again it changes nothing');
    assert.equal((await at(folder, Date.now()).archiveKeys([fingerprint]))[0]?.expiresAt, expiresAt);
    assert.equal(statSync(join(folder, 'archive-key.asc')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['archive-key.asc']);
    const shown = home.gpg(['--with-colons', '--show-keys'], publicKey);
    assert.equal(
      shown
        .split('\n')
        .find((line) => line.startsWith('pub:'))
        ?.split(':')[6],
      String(until / 1000),
    );
    assert.match(shown, new RegExp(`^fpr:+${fingerprint}:`, 'm'));
    const late = Date.now() + 100 * day;
    const signed = await at(folder, late).clearsign('text', [fingerprint]);
    const { signature } = await at(folder, late).verify(Buffer.from(signed), [], [publicKey]);
    assert.equal(signature.status, 'good');
  });

  it('keeps a subkey revoked that was, when it is prolonged', async () => {
    const { folder, fingerprint } = ending('revoked-subkey', 10);
    const add = ['--quick-add-key', fingerprint, 'rsa3072', 'sign', '5d'];
    home.gpg(add);
    const edit = ['--no-batch', '--command-fd', '0', '--edit-key', fingerprint];
    home.gpg(edit, 'key 1\nrevkey\ny\n1\n\ny\nsave\n');
    writeFileSync(join(folder, 'archive-key.asc'), home.gpg(['--armor', '--export-secret-keys', fingerprint]));
    const keys = at(folder, Date.now());
    const { publicKey } = await keys.prolong(fingerprint, Date.now() + 100 * day);
    assert.match(home.gpg(['--with-colons', '--show-keys'], publicKey), /^sub:r:/m);
    const { signature } = await keys.verify(Buffer.from(await keys.clearsign('text', [fingerprint])), [], [publicKey]);
    assert.equal(signature.status === 'good' && signature.signedBy, fingerprint);
  });

  it('that cannot sign is not passed over because another one can', async () => {
    const folder = join(home.folder, 'one-of-two');
    const one = await keyring(folder).newArchiveKey([]);
    const two = await keyring(folder).newArchiveKey([one.fingerprint]);
    home.gpg(['--import'], readFileSync(join(folder, 'archive-key-2.asc'), 'utf8'));
    home.gpg(['--quick-add-key', two.fingerprint, 'rsa3072', 'encr']);
    const subkeys = home
      .gpg(['--with-colons', '--list-keys', two.fingerprint])
      .match(/^sub:.*:e:.*\nfpr:+([0-9A-F]+):/m);
    const stub = home.gpg(['--armor', '--export-secret-subkeys', `${subkeys?.[1]}!`]);
    writeFileSync(join(folder, 'archive-key-2.asc'), stub);
    const both = [one.fingerprint, two.fingerprint];
    await assert.rejects(keyring(folder).clearsign('text', both), new RegExp(`${two.fingerprint} cannot sign`));
  });

  it('that is not there is named', async () => {
    const keys = at(join(home.folder, 'nowhere'), Date.now());
    const { fingerprint } = await made();
    assert.deepEqual(await keys.archiveKeys([fingerprint]), []);
    await assert.rejects(keys.prolong(fingerprint, Date.now() + day), /is not in .*nowhere/);
  });
});

describe('An archive key whose primary key is kept elsewhere', () => {
  const day = 86_400_000;
  const file = (folder: string) => join(folder, 'archive-key.asc');
  const keys = (folder: string, now = Date.now()) => openpgpKeyring({ keysFolder: folder, now: () => now });
  /** A key of ours, taken to gpg, and brought back without its primary part. */
  const online = async (name: string) => {
    const folder = join(home.folder, name);
    const key = await keys(folder).newArchiveKey([]);
    home.gpg(['--import'], readFileSync(file(folder), 'utf8'));
    bring(folder, key.fingerprint);
    return { folder, ...key };
  };
  const bring = (folder: string, fingerprint: Fingerprint): void =>
    writeFileSync(file(folder), home.gpg(['--armor', '--export-secret-subkeys', fingerprint]));
  const ringOf = (name: string, publicKey: string): string => {
    const path = join(home.folder, `${name}.pgp`);
    home.gpg(['--yes', '--output', path, '--dearmor'], publicKey);
    return path;
  };

  it('signs by its subkey, which gpgv takes from everybody who has the key', async () => {
    const { folder, fingerprint, publicKey } = await online('subkey');
    const [facts] = await keys(folder).archiveKeys([fingerprint]);
    assert.deepEqual([facts?.primaryIsHere, facts?.fingerprint], [false, fingerprint]);
    const { inRelease, detached } = await keys(folder).signRelease(release, Date.now(), [fingerprint]);
    const ring = ringOf('subkey', publicKey);
    assert.deepEqual(home.validSignatures(ring, inRelease), [fingerprint]);
    assert.deepEqual(home.validSignatures(ring, release, detached), [fingerprint]);
    const { signature } = await keys(folder).verify(Buffer.from(inRelease), [], [publicKey]);
    assert.ok(signature.status === 'good' && signature.fingerprint === fingerprint);
    assert.notEqual(signature.signedBy, fingerprint);
    const read = await keys(folder).readKey(publicKey);
    assert.ok(isRight(read));
    assert.deepEqual(read.right.subkeys, [signature.signedBy]);
    await assert.rejects(keys(folder).prolong(fingerprint, Date.now() + day));
    assert.equal((await keys(folder).archiveKeys([fingerprint]))[0]?.primaryIsHere, false, 'the file is as it was');
  });

  it('signs by every subkey that it was given, for machines that know the key as it was before', async () => {
    const { folder, fingerprint, publicKey } = await online('two-subkeys');
    home.gpg(['--quick-add-key', fingerprint, 'rsa3072', 'sign', '1y']);
    bring(folder, fingerprint);
    const [facts] = await keys(folder).archiveKeys([fingerprint]);
    assert.notEqual(facts?.publicKey, publicKey);
    const before = ringOf('before', publicKey);
    const since = ringOf('since', facts?.publicKey ?? '');
    const { inRelease } = await keys(folder).signRelease(release, Date.now() + day, [fingerprint]);
    assert.deepEqual(home.validSignatures(before, inRelease), [fingerprint]);
    const late = Date.now() + 400 * day;
    const { inRelease: later } = await keys(folder, late).signRelease(release, late, [fingerprint]);
    assert.equal(home.validSignatures(before, later).length, 1, 'the one that has ended signs no more');
    assert.equal(home.validSignatures(since, inRelease).length, 2);
  });

  it('signs nothing where only stubs of it are here, and says so', async () => {
    const folder = join(home.folder, 'stubs');
    const fingerprint = home.makeKey('stubs', 'rsa3072') as Fingerprint;
    mkdirSync(folder);
    home.gpg(['--quick-add-key', fingerprint, 'rsa3072', 'encr']);
    bring(folder, fingerprint);
    await assert.rejects(
      keys(folder).clearsign('text', [fingerprint]),
      /what signs of the key [0-9A-F]{40} is not here/,
    );
  });

  it('signs by its primary key as well where that one is here and was first alone', async () => {
    const folder = join(home.folder, 'first-alone');
    const fingerprint = home.makeKey('first-alone', 'rsa3072') as Fingerprint;
    const before = home.exportRing([fingerprint]);
    const late = new Date(Date.now() + 2 * day).toISOString().replace(/[-:]|\..*/g, '');
    home.gpg(['--faked-system-time', late, '--quick-add-key', fingerprint, 'rsa3072', 'sign']);
    mkdirSync(folder);
    writeFileSync(file(folder), home.gpg(['--armor', '--export-secret-keys', fingerprint]));
    const at = Date.now() + 3 * day;
    const { inRelease } = await keys(folder, at).signRelease(release, at, [fingerprint]);
    assert.equal(home.validSignatures(before, inRelease).length, 1);
    assert.equal(inRelease.match(/BEGIN PGP SIGNATURE/g)?.length, 1);
  });
});

describe('A signed Release', () => {
  const ring = async (
    ...of: readonly { readonly fingerprint: string; readonly publicKey: string }[]
  ): Promise<string> => {
    for (const { publicKey } of of) home.gpg(['--import'], publicKey);
    return home.exportRing(of.map(({ fingerprint }) => fingerprint));
  };

  it('is good for gpgv as InRelease and as Release.gpg, with the text it had', async () => {
    const key = await made();
    const { inRelease, detached } = await keyring().signRelease(release, Date.now(), [key.fingerprint]);
    assert.deepEqual(home.gpgv(await ring(key), inRelease), { good: true, text: release });
    assert.ok(home.gpgv(await ring(key), release, detached).good);
    assert.ok(!home.gpgv(await ring(key), release.replace('test', 'best'), detached).good);
  });

  it('is good by two keys for who has the old one, the new one or both', async () => {
    const older = await made();
    const newer = await keyring().newArchiveKey([older.fingerprint]);
    const signers = [older, newer].map(({ fingerprint }) => fingerprint);
    const { inRelease, detached } = await keyring().signRelease(release, Date.now(), signers);
    for (const known of [[older], [newer], [older, newer]]) {
      const keys = await ring(...known);
      const byWhom = known.map(({ fingerprint }) => fingerprint);
      assert.deepEqual(home.validSignatures(keys, inRelease), byWhom);
      assert.deepEqual(home.validSignatures(keys, release, detached), byWhom);
    }
    assert.deepEqual(home.gpgv(await ring(older, newer), inRelease), { good: true, text: release });
    assert.equal(inRelease.match(/BEGIN PGP SIGNATURE/g)?.length, 1);
  });

  it('is verified with the one block in which we give out several keys', async () => {
    const older = await made();
    const newer = await keyring().newArchiveKey([older.fingerprint]);
    const block = oneBlock([older.publicKey, newer.publicKey]);
    assert.equal(block.match(/BEGIN PGP/g)?.length, 1);
    const imported = home.gpg(['--with-colons', '--show-keys'], block);
    assert.deepEqual(
      [...imported.matchAll(/^pub:.*\nfpr:+([0-9A-F]{40}):/gm)].map(([, each]) => each),
      [older.fingerprint, newer.fingerprint],
    );
    for (const { fingerprint } of [older, newer]) {
      const signed = await keyring().clearsign('text', [fingerprint]);
      const { signature } = await keyring().verify(Buffer.from(signed), [], [block]);
      assert.equal(signature.status === 'good' && signature.fingerprint, fingerprint);
    }
  });

  it('carries the given date, which is never before its key', async () => {
    const { fingerprint, publicKey } = await made();
    const later = Math.floor(Date.now() / 1000) * 1000 + 60_000;
    for (const [date, least] of [
      [later, later],
      [0, Date.now() - 600_000],
    ] as const) {
      const { inRelease } = await keyring().signRelease(release, date, [fingerprint]);
      const { signature, signedText } = await keyring().verify(Buffer.from(inRelease), [], [publicKey]);
      assert.ok(signature.status === 'good');
      assert.ok(Date.parse(signature.signedAt) >= least);
      assert.equal(`${signedText}\n`, release);
    }
  });
});
