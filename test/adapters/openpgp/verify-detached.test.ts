import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { releaseVerifier } from '../../../src/adapters/openpgp/release-verifier.ts';
import { gnupgHome } from './gnupg-home.ts';

const release = 'Origin: Debian\nSuite: stable \nDescription: Trailing blanks count here  \n';
const home = gnupgHome();
after(() => home.close());
const [oscar, bert, stranger] = ['oscar', 'bert', 'stranger'].map((name) => home.makeKey(name, 'ed25519'));
const ring = home.exportRing([oscar ?? '', bert ?? '']);
const { verifyRelease } = releaseVerifier({ now: Date.now });

const detached = (keys: readonly (string | undefined)[], extra: readonly string[] = []): string =>
  home.gpg(
    [...extra, ...keys.flatMap((key) => ['--local-user', `${key}!`]), '--armor', '--output', '-', '--detach-sign'],
    release,
  );

const verdict = async (signature: string | Uint8Array, text = release): Promise<string> => {
  const read = await verifyRelease({ release: Buffer.from(text), signature: Buffer.from(signature) }, ring);
  return isLeft(read) ? read.left.rule : read.right;
};

describe('A Release with its signature beside it', () => {
  it('is believed as gpgv believes it: over bytes, over text, by several', async () => {
    for (const signature of [detached([oscar]), detached([oscar], ['--textmode']), detached([oscar, bert])]) {
      assert.equal(home.gpgv(ring, release, signature).good, true);
      assert.equal(await verdict(signature), release);
    }
    assert.equal(await verdict(detached([stranger, oscar])), release);
  });

  it('is not believed where gpgv does not', async () => {
    const signature = detached([oscar]);
    for (const [text, by, rule] of [
      [release.replace('Debian', 'Ubuntu'), signature, 'bad-signature'],
      [release.replace(' \n', '\n'), signature, 'bad-signature'],
      [release.replaceAll('\n', '\r\n'), signature, 'bad-signature'],
      [release, detached([stranger]), 'unknown-key'],
      [release, '', 'malformed-signature'],
      [release, release, 'malformed-signature'],
      [release, home.clearsign(oscar ?? '', release), 'malformed-signature'],
      [release, readFileSync(ring).toString('latin1'), 'malformed-signature'],
    ] as const) {
      assert.equal(home.gpgv(ring, text, by).good, false, rule);
      assert.equal(await verdict(by, text), rule);
    }
  });

  it('is not believed where apt is stricter than gpgv: weak digests, several blocks, no armor', async () => {
    assert.equal(
      await verdict(detached([oscar], ['--digest-algo', 'SHA1', '--allow-weak-digest-algos'])),
      'weak-digest',
    );
    assert.equal(await verdict(`${detached([oscar])}${detached([bert])}`), 'malformed-signature');
    assert.equal(await verdict(`anything\n${detached([oscar])}`), 'malformed-signature');
  });
});
