import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readSecretKey } from '../../../src/adapters/openpgp/secret-key.ts';
import { type GnupgHome, gnupgHome } from './gnupg-home.ts';

describe('A secret key that is taken over', () => {
  let home: GnupgHome;
  before(() => {
    home = gnupgHome();
  });
  after(() => home.close());

  for (const [algorithm, rule] of [
    ['ed25519', 'taken'],
    ['rsa2048', 'taken'],
    ['rsa1024', 'weak-key'],
    ['dsa2048', 'weak-key'],
  ] as const)
    it(`of ${algorithm} is ${rule === 'taken' ? rule : `refused: ${rule}`}`, async () => {
      const fingerprint = home.makeKey(algorithm, algorithm);
      const read = await readSecretKey(home.gpg(['--armor', '--export-secret-keys', fingerprint]));
      assert.equal(read._tag === 'Left' ? read.left.rule : 'taken', rule);
    });

  it('is one alone: of several all are named', async () => {
    const fingerprints = [home.makeKey('one', 'ed25519'), home.makeKey('other', 'ed25519')];
    const read = await readSecretKey(home.gpg(['--armor', '--export-secret-keys', ...fingerprints]));
    assert.ok(read._tag === 'Left');
    assert.equal(read.left.rule, 'several-keys');
    for (const fingerprint of fingerprints) assert.ok(read.left.fact.includes(fingerprint), read.left.fact);
  });
});
