import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { aptUpstream } from '../../../src/adapters/apt/apt-upstream.ts';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { releaseVerifier } from '../../../src/adapters/openpgp/release-verifier.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const folderOf = (test: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-upstream-'));
  test.after(() => removeFolder(folder));
  return folder;
};

/** An archive on this machine that has the given files. */
const archive = async (test: TestContext, files: Readonly<Record<string, string | Buffer>>): Promise<string> => {
  const server = createServer((request, answer) => {
    const body = files[request.url ?? ''];
    if (body === undefined) answer.writeHead(404).end();
    else answer.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian/`;
};

describe('The InRelease of a foreign archive', () => {
  it('is fetched by apt, of a suite and of a flat archive', async (test) => {
    const folder = join(folderOf(test), 'upstream');
    const uri = await archive(test, { '/debian/dists/trixie/InRelease': 'suite', '/debian/flat/InRelease': 'flat' });
    const upstream = aptUpstream({ folder });
    for (const [suite, body] of [
      ['trixie', 'suite'],
      ['flat/', 'flat'],
    ] as const) {
      const fetched = await upstream.release(uri, suite);
      assert.ok(isRight(fetched), JSON.stringify(fetched));
      assert.deepEqual(fetched.right.signed, { inRelease: Buffer.from(body) });
    }
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is said not to be there, to be out of reach, or too large', async (test) => {
    const uri = await archive(test, { '/debian/dists/large/InRelease': Buffer.alloc(9 * 1024 * 1024, 'x') });
    const upstream = aptUpstream({ folder: join(folderOf(test), 'upstream') });
    const missing = await upstream.release(uri, 'trixie');
    assert.match(isLeft(missing) ? missing.left.fact : '', /404/);
    const closed = await upstream.release('http://127.0.0.1:9/debian/', 'trixie');
    assert.equal(isLeft(closed) && closed.left.rule, 'unreachable-archive');
    const large = await upstream.release(uri, 'large');
    assert.equal(isLeft(large) && large.left.rule, 'unreachable-archive');
  });

  it('is missing in old archives: Release and Release.gpg are taken then, as apt does', async (test) => {
    const folder = folderOf(test);
    const signer = openpgpKeyring({ keysFolder: join(folder, 'keys'), now: Date.now });
    const { fingerprint, publicKey } = await signer.newArchiveKey([]);
    const text = 'Origin: Debian\nCodename: trixie\n';
    const { detached } = await signer.signRelease(text, Date.now(), [fingerprint]);
    const files: Record<string, string> = {};
    const uri = await archive(test, files);
    const upstream = aptUpstream({ folder: join(folder, 'upstream') });
    const verifier = releaseVerifier({ now: Date.now });
    const found = async () => {
      const fetched = await upstream.release(uri, 'trixie');
      const read = isLeft(fetched) ? fetched : await verifier.verifyRelease(fetched.right.signed, publicKey);
      return isLeft(read) ? `${read.left.rule}: ${read.left.fact}` : read.right;
    };
    assert.match(await found(), /^unreachable-archive: .*InRelease +404/);
    files['/debian/dists/trixie/Release'] = text;
    assert.equal(
      await found(),
      `unsigned: ${uri}dists/trixie/ has neither InRelease nor Release.gpg beside its Release`,
    );
    files['/debian/dists/trixie/Release.gpg'] = detached;
    assert.equal(await found(), text);
    files['/debian/dists/trixie/Release'] = text.replace('Debian', 'Ubuntu');
    assert.match(await found(), /^bad-signature: /);
    files['/debian/dists/trixie/Release'] = text;
    // What an InRelease says is not overruled by an older pair beside it.
    files['/debian/dists/trixie/InRelease'] = 'please log in';
    assert.match(await found(), /^unsigned: /);
  });

  it('is not sought under its other name where nobody answers', async (test) => {
    const asked: string[] = [];
    const server = createServer((request) => {
      asked.push(request.url ?? '');
      request.socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    test.after(() => server.close());
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian/`;
    const silent = await aptUpstream({ folder: join(folderOf(test), 'upstream') }).release(uri, 'trixie');
    assert.equal(isLeft(silent) && silent.left.rule, 'unreachable-archive');
    assert.deepEqual([...new Set(asked)], ['/debian/dists/trixie/InRelease']);
  });

  it('is believed when it is signed by the keys of the source, in a file or embedded, however old', async (test) => {
    const folder = folderOf(test);
    const [signer, stranger] = ['one', 'two'].map((name) =>
      openpgpKeyring({ keysFolder: join(folder, name), now: Date.now }),
    );
    assert.ok(signer !== undefined && stranger !== undefined);
    const { fingerprint, publicKey } = await signer.newArchiveKey([]);
    const { inRelease } = await signer.signRelease('Origin: Debian\n', Date.now(), [fingerprint]);
    const decadeLater = releaseVerifier({ now: () => Date.now() + 3650 * 86_400_000 });
    const keyring = join(folder, 'keys.asc');
    writeFileSync(keyring, publicKey);
    for (const keys of [publicKey, keyring]) {
      const text = await decadeLater.verifyRelease({ inRelease: Buffer.from(inRelease) }, keys);
      assert.equal(isRight(text) && text.right, 'Origin: Debian\n'.trimEnd(), JSON.stringify(text));
    }
    const refusedFor = async (bytes: string, keys: string) => {
      const text = await decadeLater.verifyRelease({ inRelease: Buffer.from(bytes) }, keys);
      return isLeft(text) ? text.left.rule : 'believed';
    };
    assert.equal(await refusedFor(inRelease, (await stranger.newArchiveKey([])).publicKey), 'unknown-key');
    assert.equal(await refusedFor(inRelease.replace('Debian', 'Ubuntu'), publicKey), 'bad-signature');
    assert.equal(await refusedFor('Origin: Debian\n', publicKey), 'unsigned');
    assert.equal(await refusedFor(inRelease, '/no/such/keyring.gpg'), 'unreadable-keys');
    assert.equal(await refusedFor(inRelease, 'no keys at all'), 'unreadable-keys');
  });
});
