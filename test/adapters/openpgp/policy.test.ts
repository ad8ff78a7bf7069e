import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import type { Verdict } from '../../../src/ports/keyring.ts';
import { type GnupgHome, gnupgHome } from './gnupg-home.ts';

const text = 'Source: hello\nVersion: 2.10-3\n- a dash\nblank at the end \n';
const signedText = 'Source: hello\nVersion: 2.10-3\n- a dash\nblank at the end';

let home: GnupgHome;
let now: number;

before(() => {
  home = gnupgHome();
  now = Date.now();
});
after(() => home.close());

const keyring = (at = now) => openpgpKeyring({ keysFolder: join(home.folder, 'keys'), now: () => at });

const verify = (file: string, ...rings: readonly string[]): Promise<Verdict> =>
  keyring().verify(Buffer.from(file), rings);

/** `good`, or the rule that was broken. */
const word = ({ signature }: Verdict): string => (signature.status === 'good' ? 'good' : signature.because.rule);

const day = 86_400_000;

/** gpg's clock, some days from now. */
const faked = (days: number): readonly string[] => [
  '--faked-system-time',
  `${new Date(now + days * day).toISOString().replace(/[-:]|\.\d+Z/g, '')}!`,
];

const anyDigest = ['--allow-weak-digest-algos', '--allow-weak-key-signatures'];

describe('The policy for keys', () => {
  for (const [algorithm, expected, extra] of [
    ['rsa2048', 'good', []],
    ['rsa3072', 'good', []],
    ['ed25519', 'good', []],
    ['nistp256', 'good', []],
    ['nistp521', 'good', []],
    ['dsa2048', 'weak-key', []],
    ['dsa1024', 'weak-key', []],
    ['rsa1024', 'weak-key', []],
    ['brainpoolP256r1', 'weak-key', []],
    ['secp256k1', 'weak-key', []],
    ['rsa2048', 'weak-key', ['--cert-digest-algo', 'SHA1', ...anyDigest]],
  ] as const) {
    const how = extra.length > 0 ? ' that vouches for itself with SHA-1' : '';
    it(`takes a signature by ${algorithm}${how} as ${expected}`, async () => {
      const key = home.makeKey(`${algorithm}${extra.length}`, algorithm, extra);
      const file = home.clearsign(key, text, ['--digest-algo', 'SHA512']);
      const ring = home.exportRing([key]);
      const verdict = await verify(file, ring);
      assert.equal(word(verdict), expected);
      assert.equal(verdict.signedText, signedText);
      assert.ok(home.gpgv(ring, file).good, 'gpgv is to be the laxer of the two');
    });
  }
});

describe('The policy for signatures', () => {
  let key: string;
  let ring: string;
  let mine: (extra?: readonly string[]) => string;

  before(() => {
    key = home.makeKey('ernie', 'rsa2048', faked(-800));
    ring = home.exportRing([key]);
    mine = (extra = []) => home.clearsign(key, text, extra);
  });

  for (const [digest, expected] of [
    ['SHA512', 'good'],
    ['SHA384', 'good'],
    ['SHA256', 'good'],
    ['SHA224', 'weak-digest'],
    ['SHA1', 'weak-digest'],
    ['RIPEMD160', 'weak-digest'],
    ['MD5', 'weak-digest'],
  ] as const) {
    it(`takes ${digest} as ${expected}`, async () => {
      const verdict = await verify(mine(['--digest-algo', digest, ...anyDigest]), ring);
      assert.equal(word(verdict), expected);
      assert.equal(verdict.signedText, signedText);
    });
  }

  it('names the primary key, the key that signed, the time and the digest', async () => {
    home.gpg(['--quick-add-key', key, 'ed25519', 'sign']);
    const subkey =
      [...home.gpg(['--with-colons', '--list-keys', key]).matchAll(/^fpr:+([0-9A-F]{40}):/gm)][1]?.[1] ?? '';
    const { signature } = await verify(
      home.clearsign(subkey, text, ['--digest-algo', 'SHA512']),
      home.exportRing([key]),
    );
    assert.ok(signature.status === 'good');
    assert.equal(signature.fingerprint, key);
    assert.equal(signature.signedBy, subkey);
    assert.equal(signature.digest, 'SHA512');
    assert.ok(Math.abs(Date.parse(signature.signedAt) - now) < day);
  });

  it('finds the key in armored and binary files, one of several, behind keys it cannot read', async () => {
    const other = home.makeKey('bert', 'ed25519');
    const armored = home.exportRing([key], ['--armor']);
    const both = home.exportRing([other, key]);
    const alien = join(home.folder, 'alien.gpg');
    writeFileSync(alien, Buffer.concat([Buffer.from([0x98, 6, 4, 0, 0, 0, 0, 99]), readFileSync(ring)]));
    for (const rings of [[armored], [both], [home.exportRing([other]), ring], [alien]]) {
      assert.equal(word(await verify(mine(), ...rings)), 'good');
    }
  });

  it('sees keys that are added to a file', async () => {
    const known = keyring();
    const path = home.exportRing([home.makeKey('bibo', 'ed25519')]);
    const file = Buffer.from(mine());
    assert.equal(word(await known.verify(file, [path])), 'unknown-key');
    home.gpg(['--yes', '--output', path, '--export']);
    assert.equal(word(await known.verify(file, [path])), 'good');
  });

  it('shows the fingerprint of an unknown key and gives back the text that nobody vouches for', async () => {
    const verdict = await verify(mine());
    assert.equal(word(verdict), 'unknown-key');
    assert.equal(verdict.signedText, signedText);
    assert.ok(verdict.signature.status !== 'good' && verdict.signature.because.fact.includes(key));
  });

  it('rejects, naming it, when a keyring is missing or no keyring: an upload is not judged by our mistake', async () => {
    const missing = join(home.folder, 'missing.gpg');
    await assert.rejects(verify(mine(), missing), /missing\.gpg/);
    await assert.rejects(verify(mine(), join(home.folder, 'pubring.kbx')), /keybox/);
    await assert.rejects(verify(mine(), join(home.folder, 'trustdb.gpg')), /trustdb/);
  });

  for (const [days, expected] of [
    [-366, 'signature-age'],
    [-364, 'good'],
    [0.9, 'good'],
    [1.1, 'signature-age'],
  ] as const) {
    it(`takes a signature of ${days} days from now as ${expected}`, async () => {
      const verdict = await verify(mine(faked(days)), ring);
      assert.equal(word(verdict), expected);
    });
  }

  it('may have other ages', async () => {
    const file = Buffer.from(mine(faked(-366)));
    const keysFolder = join(home.folder, 'keys');
    const patient = openpgpKeyring({ keysFolder, now: () => now, extraPolicy: { oldest: 400 * day } });
    assert.equal(word(await patient.verify(file, [ring])), 'good');
  });

  it('takes a signature that was to last a day as signature-age after two', async () => {
    const file = mine([...faked(-2), '--default-sig-expire', '1d']);
    assert.equal(word(await verify(file, ring)), 'signature-age');
  });

  it('takes an expired key as expired-key, also for what it signed before', async () => {
    const old = home.makeKey('oscar', 'ed25519', faked(-20), '10d');
    const file = home.clearsign(old, text, faked(-15));
    const oldRing = home.exportRing([old]);
    assert.equal(word(await verify(file, oldRing)), 'expired-key');
  });

  for (const [when, extra] of [
    ['now', []],
    ['with a revocation made with SHA-1', ['--cert-digest-algo', 'SHA1', ...anyDigest]],
  ] as const) {
    it(`takes a key that was revoked ${when} as revoked-key`, async () => {
      const lost = home.makeKey(`lost${extra.length}`, 'rsa2048');
      const file = home.clearsign(lost, text);
      home.gpg(['--import'], revocation(lost, extra));
      const revoked = home.exportRing([lost]);
      assert.equal(word(await verify(file, revoked)), 'revoked-key');
      assert.ok(!home.gpgv(revoked, file).good);
    });
  }

  it('takes altered text as bad-signature and gives none back', async () => {
    const verdict = await verify(mine().replace('hello', 'jello'), ring);
    assert.equal(word(verdict), 'bad-signature');
    assert.equal(verdict.signedText, undefined);
  });

  it('takes a subkey of a stranger, bound to nobody, as no signature of the owner', async () => {
    const stranger = home.makeKey('stranger', 'ed25519');
    const file = home.clearsign(stranger, text);
    const grafted = Buffer.concat([readFileSync(ring), asSubkey(readFileSync(home.exportRing([stranger])))]);
    const path = join(home.folder, 'grafted.gpg');
    writeFileSync(path, grafted);
    assert.equal(word(await verify(file, path)), 'unusable-key');
    const [owner] = await keyring().keysIn([path]);
    assert.deepEqual(owner?.subkeys, []);
  });
});

/** A revocation certificate of the key, made anew with `extra`. */
const revocation = (key: string, extra: readonly string[]): string => {
  const answers = 'y\n0\n\ny\n';
  return home.gpg(['--no-batch', '--command-fd', '0', '--yes', ...extra, '--gen-revoke', key], answers);
};

/** The first packet of a certificate, a primary key, as a subkey packet. */
const asSubkey = (certificate: Buffer): Buffer => {
  const length = certificate[1] ?? 0;
  const packet = Buffer.from(certificate.subarray(0, 2 + length));
  packet[0] = 0xb8;
  return packet;
};
