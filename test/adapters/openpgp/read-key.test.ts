import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { generateKey } from 'openpgp';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { type GnupgHome, gnupgHome } from './gnupg-home.ts';

const day = 86_400_000;
/** Some minutes after gpg makes its keys, however slow the machine is. */
const now = Date.now() + 5 * 60_000;
const text = 'Source: hello\nVersion: 2.10-3\n';

let home: GnupgHome;
let ernie: string;
let bert: string;
let armored: string;

const keyring = (at = now) => openpgpKeyring({ keysFolder: join(home.folder, 'keys'), now: () => at });
const exported = (...keys: readonly string[]): string => home.gpg(['--armor', '--export', ...keys]);
const file = (name: string, bytes: string): string => {
  writeFileSync(join(home.folder, name), bytes);
  return join(home.folder, name);
};
const verdict = async (signed: string, rings: readonly string[], at = now): Promise<string> => {
  const { signature } = await keyring(at).verify(Buffer.from(signed), rings);
  return signature.status === 'good' ? signature.fingerprint : signature.because.rule;
};
const rule = async (key: string, at = now): Promise<string> => {
  const read = await keyring(at).readKey(key);
  return isLeft(read) ? read.left.rule : 'taken';
};

before(() => {
  home = gnupgHome();
  ernie = home.makeKey('ernie', 'ed25519', [], '40d');
  bert = home.makeKey('bert', 'rsa3072');
  armored = exported(ernie);
});
after(() => home.close());

describe('A key that is handed in', () => {
  it('says who made it and until when it can sign, and is kept as what verifies', async () => {
    const read = await keyring().readKey(`\r\n${armored.replaceAll('\n', '\r\n')}  \n`);
    assert.ok(isRight(read), JSON.stringify(read));
    const { fingerprint, userIds, expiresAt } = read.right;
    assert.deepEqual([fingerprint, userIds], [ernie, ['ernie <ernie@example.org>']]);
    const days = (Date.parse(expiresAt ?? '') - now) / day;
    assert.ok(days > 39.9 && days < 40.1, `${days}`);
    const ring = file('ernie.asc', read.right.armored);
    assert.equal(await verdict(home.clearsign(ernie, text), [ring]), ernie);
    assert.equal(await verdict(home.clearsign(bert, text), [ring]), 'unknown-key');
    assert.deepEqual(
      (await keyring().keysIn([ring])).map((key) => [key.fingerprint, key.fault]),
      [[ernie, undefined]],
    );
  });

  it('does not expire when it does not say so', async () => {
    const read = await keyring().readKey(exported(bert));
    assert.ok(isRight(read));
    assert.equal(read.right.expiresAt, null);
  });

  it('is one key, alone in one block', async () => {
    const other = exported(bert);
    const middle = Math.floor(armored.length / 2);
    for (const [what, wrong] of [
      ['nothing', ''],
      ['a key id', ernie],
      ['two blocks', armored + other],
      ['two keys in one block', exported(ernie, bert)],
      ['text before', `Hello\n${armored}`],
      ['text after', `${armored}Hello\n`],
      ['a cut block', armored.slice(0, middle)],
      ['a damaged block', `${armored.slice(0, middle)}!${armored.slice(middle + 1)}`],
      ['no end', armored.replace(/-----END.*/, '')],
      ['a signed text', home.clearsign(ernie, text)],
      [
        'a signature in the armor of a key',
        home.gpg(['--armor', '--detach-sign'], text).replaceAll('SIGNATURE', 'PUBLIC KEY BLOCK'),
      ],
      ['endless text', 'x'.repeat(5_000_000)],
    ] as const) {
      assert.equal(await rule(wrong), 'not-one-key', what);
    }
  });

  it('is not the secret key, whatever its armor says', async () => {
    const secret = home.gpg(['--armor', '--export-secret-keys', ernie]);
    assert.equal(await rule(secret), 'secret-key');
    assert.notEqual(await rule(secret.replaceAll('PRIVATE', 'PUBLIC')), 'taken');
  });

  it('moves nothing on the terminal of who reads its user ids', async () => {
    const { publicKey } = await generateKey({
      userIDs: [{ name: 'x\u001b[2J\ny\u202e' }, { name: 'é 😀' }, { name: 'z'.repeat(5000) }],
      date: new Date(now - day),
      format: 'armored',
    });
    const read = await keyring().readKey(publicKey);
    assert.ok(isRight(read), JSON.stringify(read));
    assert.deepEqual(read.right.userIds, ['x\u{FFFD}[2J\u{FFFD}y\u{FFFD}', 'é 😀', 'z'.repeat(200)]);
  });

  it('can sign by today’s policy', async () => {
    assert.equal(await rule(armored, now + 41 * day), 'expired-key');
    assert.equal(await rule(exported(home.makeKey('dsa', 'dsa2048'))), 'weak-key');
    home.gpg(['--quick-generate-key', 'cert <cert@example.org>', 'ed25519', 'cert', 'never']);
    assert.equal(await rule(exported('=cert <cert@example.org>')), 'unusable-key');
  });
});

describe('A revoked key', () => {
  it('stays revoked when somebody hands in a copy from before', async () => {
    const grover = home.makeKey('grover', 'ed25519');
    const early = exported(grover);
    const signed = home.clearsign(grover, text);
    const certificate = readFileSync(join(home.folder, 'openpgp-revocs.d', `${grover}.rev`), 'utf8');
    home.gpg(['--import'], certificate.replace(':-----BEGIN', '-----BEGIN'));
    assert.equal(await rule(exported(grover)), 'revoked-key');
    const [stale, revoked] = [file('stale.asc', early), file('revoked.asc', exported(grover))];
    assert.equal(await verdict(signed, [stale]), grover);
    assert.equal(await verdict(signed, [stale, revoked]), 'revoked-key');
    assert.equal(await verdict(signed, [revoked, stale]), 'revoked-key');
    assert.match((await keyring().keysIn([revoked]))[0]?.fault?.rule ?? '', /^revoked-key$/);
  });
});

describe('The archive key', () => {
  it('vouches for uploads once it is there, and is not made for being asked', async () => {
    const keysFolder = join(home.folder, 'own');
    const own = openpgpKeyring({ keysFolder, now: () => now });
    const signed = home.clearsign(ernie, text);
    assert.equal((await own.verify(Buffer.from(signed), [])).signature.status, 'unauthenticated');
    assert.throws(() => readFileSync(join(keysFolder, 'archive-key.asc')), /ENOENT/);
    const { fingerprint, publicKey } = await own.newArchiveKey([]);
    const { inRelease } = await own.signRelease(text, now, [fingerprint]);
    const { signature } = await own.verify(Buffer.from(inRelease), [], [publicKey]);
    assert.ok(signature.status === 'good');
    assert.equal(signature.fingerprint, fingerprint);
    // Retired, it is not given any more.
    assert.equal((await own.verify(Buffer.from(inRelease), [])).signature.status, 'unauthenticated');
  });
});
