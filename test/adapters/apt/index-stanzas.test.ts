import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { aptUpstream } from '../../../src/adapters/apt/apt-upstream.ts';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { releaseVerifier } from '../../../src/adapters/openpgp/release-verifier.ts';
import type { SourceConfigured } from '../../../src/domain/configuration/events.ts';
import { addressOf, binaryIndices, sourceIndices } from '../../../src/domain/configuration/source-indices.ts';
import type { Component } from '../../../src/domain/debian/names.ts';
import { lookAtArchive } from '../../../src/ports/look-at-archive.ts';
import { amd64, trixieSources } from '../../support/fixed-examples.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const control = (name: string): string =>
  `Package: ${name}\nVersion: 2.0-1\nArchitecture: amd64\nMaintainer: Somebody <somebody@example.org>\nDescription: ${name}\n`;

/** An archive on this machine, made by dpkg-deb and apt-ftparchive, and signed by a key of ours. */
const madeArchive = async (test: TestContext) => {
  const root = mkdtempSync(join(tmpdir(), 'mini-buildd-archive-'));
  test.after(() => removeFolder(root));
  const [pool, index] = ['pool', 'dists/trixie/main/binary-amd64'].map((each) => join(root, 'debian', each));
  assert.ok(pool !== undefined && index !== undefined);
  for (const folder of [pool, index, join(root, 'debian/dists/trixie/main/source')])
    mkdirSync(folder, { recursive: true });
  for (const name of ['libgreet-dev', 'libother-dev']) {
    mkdirSync(join(root, name, 'DEBIAN'), { recursive: true });
    writeFileSync(join(root, name, 'DEBIAN/control'), control(name));
    execFileSync('dpkg-deb', ['--build', '--root-owner-group', join(root, name), pool], { stdio: 'ignore' });
  }
  const at = { cwd: join(root, 'debian'), encoding: 'utf8' } as const;
  writeFileSync(join(index, 'Packages'), execFileSync('apt-ftparchive', ['packages', 'pool'], at));
  execFileSync('xz', ['--keep', join(index, 'Packages')]);
  execFileSync('gzip', ['--keep', '-n', join(index, 'Packages')]);
  writeFileSync(join(root, 'debian/dists/trixie/main/source/Sources'), '');
  const traits = { Origin: 'Debian', Codename: 'trixie', Suite: 'stable', Architectures: 'amd64', Components: 'main' };
  const options = Object.entries(traits).flatMap(([key, value]) => ['-o', `APT::FTPArchive::Release::${key}=${value}`]);
  const release = execFileSync('apt-ftparchive', [...options, 'release', 'dists/trixie'], at);
  const signer = openpgpKeyring({ keysFolder: join(root, 'keys'), now: Date.now });
  const { fingerprint, publicKey } = await signer.newArchiveKey([]);
  const folder = join(root, 'debian/dists/trixie');
  writeFileSync(join(folder, 'InRelease'), (await signer.signRelease(release, Date.now(), [fingerprint])).inRelease);
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(request.url ?? '');
    try {
      answer.end(readFileSync(join(root, request.url ?? '')));
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => server.close());
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian/`;
  const source: SourceConfigured = {
    ...(trixieSources[0] as SourceConfigured),
    uris: [uri],
    components: ['main' as Component],
    keys: publicKey,
  };
  const scratch = join(root, 'scratch');
  const upstream = { ...aptUpstream({ folder: scratch }), ...releaseVerifier({ now: Date.now }) };
  return { source, uri, folder, index, asked, scratch, upstream };
};

type Made = Awaited<ReturnType<typeof madeArchive>>;

const believed = async ({ source, uri, upstream }: Made): Promise<string> => {
  const { release, found } = await lookAtArchive(source, uri, upstream, Date.now());
  return release ?? assert.fail(JSON.stringify(found));
};

const inTime = (): AbortSignal => AbortSignal.timeout(60_000);

const isGreet = (stanza: string): boolean => stanza.startsWith('Package: libgreet-dev\n');

describe('An index of a foreign archive', () => {
  it('is found by the signed Release, fetched by apt, and gives the stanzas that are wanted', async (test) => {
    const made = await madeArchive(test);
    const release = await believed(made);
    const [index, ...more] = binaryIndices(made.source, release, amd64);
    assert.ok(index !== undefined);
    assert.deepEqual([index.path, more], ['main/binary-amd64/Packages.xz', []]);
    const named = { ...index, at: addressOf(index, release) };
    const read = await made.upstream.stanzas(made.uri, 'trixie', named, isGreet, inTime());
    assert.ok(isRight(read), JSON.stringify(read));
    assert.equal(read.right.length, 1);
    assert.match(read.right[0] ?? '', /^Package: libgreet-dev\n[\s\S]*^Version: 2\.0-1$/m);
    assert.deepEqual(readdirSync(made.scratch), []);
  });

  it('is read however it is packed, an empty one too', async (test) => {
    const made = await madeArchive(test);
    const release = await believed(made);
    for (const packing of ['.gz', ''] as const) {
      const only = release.replaceAll(packing === '' ? /^ .*Packages\.(?:xz|gz)\n/gm : /^ .*Packages\.xz\n/gm, '');
      const [index] = binaryIndices(made.source, only, amd64);
      assert.ok(index?.packing === packing);
      const read = await made.upstream.stanzas(made.uri, 'trixie', { ...index, at: index.path }, () => true, inTime());
      assert.equal(isRight(read) && read.right.length, 2);
    }
    const [sources] = sourceIndices(made.source, release);
    assert.ok(sources !== undefined);
    const none = await made.upstream.stanzas(
      made.uri,
      'trixie',
      { ...sources, at: sources.path },
      () => true,
      inTime(),
    );
    assert.deepEqual(isRight(none) && none.right, []);
  });

  it('is asked for by its hash where the archive has it so', async (test) => {
    const made = await madeArchive(test);
    const [index] = binaryIndices(made.source, await believed(made), amd64);
    assert.ok(index !== undefined);
    const folder = join(made.index, 'by-hash/SHA256');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, index.sha256), readFileSync(join(made.index, 'Packages.xz')));
    // As while a mirror is brought up to date.
    writeFileSync(join(made.index, 'Packages.xz'), 'that of tomorrow');
    const named = { ...index, at: addressOf(index, 'Acquire-By-Hash: yes\n') };
    const read = await made.upstream.stanzas(made.uri, 'trixie', named, isGreet, inTime());
    assert.equal(isRight(read) && read.right.length, 1);
    assert.ok(made.asked.includes(`/debian/dists/trixie/main/binary-amd64/by-hash/SHA256/${index.sha256}`));
  });

  it('is given up when the time for all lists of a look is, however it trickles, and asked for no more then', async (test) => {
    const made = await madeArchive(test);
    const [index] = binaryIndices(made.source, await believed(made), amd64);
    assert.ok(index !== undefined);
    const begun: ServerResponse[] = [];
    const time = new AbortController();
    const trickling = createServer((_, answer) => {
      begun.push(answer);
      answer.write('x');
      time.abort();
    });
    await new Promise<void>((resolve) => trickling.listen(0, '127.0.0.1', resolve));
    test.after(() => {
      for (const answer of begun) answer.destroy();
      trickling.close();
    });
    const uri = `http://127.0.0.1:${(trickling.address() as AddressInfo).port}/debian/`;
    for (let each = 0; each < 2; each += 1) {
      const read = await made.upstream.stanzas(uri, 'trixie', { ...index, at: index.path }, isGreet, time.signal);
      assert.match(isLeft(read) ? read.left.fact : 'read', /^not whole in the time/);
    }
    assert.equal(begun.length, 1);
    assert.deepEqual(readdirSync(made.scratch), []);
  });

  it('counts for nothing where it is another than the Release says, larger, gone, or cannot be unpacked', async (test) => {
    const made = await madeArchive(test);
    const [index] = binaryIndices(made.source, await believed(made), amd64);
    assert.ok(index !== undefined);
    const file = join(made.index, 'Packages.xz');
    const genuine = readFileSync(file);
    const refusedFor = async (named = index) => {
      const read = await made.upstream.stanzas(made.uri, 'trixie', { ...named, at: named.path }, () => true, inTime());
      return isLeft(read) ? read.left.rule : 'read';
    };
    writeFileSync(file, Buffer.from(genuine.map((byte, n) => (n === 40 ? byte ^ 1 : byte))));
    assert.equal(await refusedFor(), 'unreachable-archive');
    writeFileSync(file, Buffer.concat([genuine, Buffer.alloc(4096, 'x')]));
    assert.equal(await refusedFor(), 'unreachable-archive');
    rmSync(file);
    assert.equal(await refusedFor(), 'unreachable-archive');
    assert.equal(await refusedFor({ ...index, size: 2 ** 40 }), 'oversized');
    const [plain] = binaryIndices(
      made.source,
      (await believed(made)).replaceAll(/^ .*Packages\.(?:xz|gz)\n/gm, ''),
      amd64,
    );
    assert.ok(plain !== undefined);
    for (const packing of ['.xz', '.gz'] as const)
      assert.equal(await refusedFor({ ...plain, packing }), 'damaged-index');
    assert.deepEqual(readdirSync(made.scratch), []);
  });
});
