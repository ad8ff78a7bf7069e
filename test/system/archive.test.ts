import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { distributionsFile } from '../../src/adapters/reprepro/configuration.ts';
import { repreproArchive } from '../../src/adapters/reprepro/reprepro-archive.ts';
import { type Run, runProgram } from '../../src/adapters/reprepro/run-program.ts';
import { archiveThread } from '../../src/adapters/reprepro/thread.ts';
import { poolFiles } from '../../src/domain/archive/pool-path.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { Fingerprint, RepositoryId } from '../../src/domain/debian/names.ts';
import type { HeldVersion, PublishedDistribution } from '../../src/ports/archive.ts';
import type { Keyring } from '../../src/ports/keyring.ts';
import { powerCut } from '../adapters/reprepro/power-cut.ts';
import { publishedContents, publishedIndices } from '../adapters/reprepro/published.ts';
import { serve } from '../adapters/reprepro/served.ts';
import { assertWhole, digest, releaseSums } from '../adapters/reprepro/whole.ts';
import {
  distribution,
  publication,
  rollback0,
  signers,
  test,
  unsigned,
  unstable,
  type WantedVersion,
  type Workshop,
  workshop,
} from '../adapters/reprepro/workshop.ts';
import { archiveContract } from '../contracts/archive.ts';
import type { BinaryPackage } from '../support/deb.ts';
import { removeFolder } from '../support/remove-folder.ts';

const execute = promisify(execFile);
const thread = archiveThread();

archiveContract('kept by reprepro', (home, files) => {
  const archive = repreproArchive({ home, files, keyring: unsigned });
  const pool = async (repository: RepositoryId): Promise<readonly string[]> => {
    const entries = await readdir(join(home, repository, 'pool'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };
  return { archive, pool, contents: (repository, name) => publishedContents(archive.root(repository), name) };
});

describe('the archive that reprepro keeps', () => {
  let folder = '';
  let home = '';
  let shop: Workshop;
  let minute = 0;
  let said: string[][] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprepro-'));
    await chmod(folder, 0o755);
    home = join(folder, 'repositories');
    shop = workshop(folder);
    minute = 0;
    said = [];
  });
  afterEach(() => removeFolder(folder));

  const listening: Run = (program, args, stdin) => {
    if (program === 'reprepro') said.push(args.slice(args.findIndex((word) => verbs.has(word))));
    return runProgram(program, args, stdin);
  };
  /** As a daemon that was just started. */
  const started = (keyring: Keyring = unsigned, run: Run = listening) =>
    repreproArchive({ home, files: shop.files, keyring, thread, run });
  const publish = (archive: ReturnType<typeof started>, ...distributions: readonly PublishedDistribution[]) =>
    archive.publish(publication(distributions, minute++), () => undefined);
  const base = () => join(home, test);
  const root = () => join(base(), 'published');
  const hello = (version: string, more: Partial<WantedVersion> = {}) =>
    shop.hold({ source: 'hello', version, binaries: [{}, { package: 'hello-doc', architecture: 'all' }], ...more });
  const narrow = {
    components: ['main'],
    architectures: ['amd64'],
  } as unknown as Partial<PublishedDistribution>;

  it('writes indices that equal those of a reprepro that reads every package itself', async () => {
    const holds = await peculiar(shop);
    await publish(started(), distribution(unstable, holds), distribution(rollback0, holds));
    const ours = await publishedIndices(root(), rollback0);
    assert.ok(Object.values(ours).filter((text) => text !== '').length >= 6);
    assert.deepEqual(ours, await publishedIndices(root(), unstable));
    assert.deepEqual(ours, await publishedIndices(await includedOneByOne(join(folder, 'bare'), holds), unstable));
    await assertWhole(root());
  });

  it('holds no byte twice: pool files are those of the file store', async () => {
    const held = await hello('1.0');
    await publish(started(), distribution(unstable, [held]));
    for (const { path, file } of poolFiles(held)) {
      const [pool, store] = await Promise.all([lstat(join(base(), path)), lstat(await shop.files.path(file.sha256))]);
      assert.ok(pool.nlink >= 2, path);
      assert.equal(pool.ino, store.ino, path);
    }
  });

  it('installs what waits together with one call, which exports it too', async () => {
    const testing = 'trixie-test-testing' as DistributionName;
    const waiting = await Promise.all(['a1', 'b2', 'c3', 'd4'].map((source) => shop.hold({ source, version: '1' })));
    const archive = started();
    await publish(archive, distribution(unstable, []), distribution(testing, []));
    said = [];
    await publish(archive, distribution(unstable, waiting), distribution(testing, waiting.slice(1)));
    assert.deepEqual(
      said.map(([verb]) => verb).filter((verb) => verb !== 'listfilter'),
      ['_detect', 'restorematched', 'restorematched'],
    );
    said = [];
    await publish(archive, distribution(unstable, waiting), distribution(testing, waiting));
    assert.deepEqual(
      said.map(([verb, distribution]) => [verb, distribution]),
      [
        ['_detect', undefined],
        ['restorematched', testing],
      ],
    );
    said = [];
    await publish(
      archive,
      distribution(unstable, waiting),
      distribution(testing, waiting),
      distribution(rollback0, waiting),
    );
    assert.deepEqual(said, []);
  });

  it('exports whole what is taken out with one call and put in with another', async () => {
    const archive = started();
    const both = await hello('1', { binaries: [{}, { architecture: 'i386' }] });
    await publish(archive, distribution(unstable, [both]));
    said = [];
    await publish(archive, distribution(unstable, [await hello('2', { binaries: [{}] })]));
    assert.deepEqual(
      said.map(([verb]) => verb),
      ['removesrcs', '_detect', 'restorematched', 'export'],
    );
    assert.deepEqual(await publishedContents(root(), unstable), ['hello 2 amd64', 'source hello 2']);
    await assertWhole(root());
  });

  it('shows what reprepro exported where that is not what was foretold', async () => {
    const staged = join(base(), 'dists', unstable);
    const stubborn: Run = async (program, args, stdin) => {
      const ran = await runProgram(program, args, stdin);
      if (!args.includes('restorematched')) return ran;
      const path = 'main/binary-amd64/Packages';
      const was = await readFile(join(staged, path), 'latin1');
      const is = was.replace('Priority: optional', 'Priority: required');
      const release = await readFile(join(staged, 'Release'), 'latin1');
      await writeFile(join(staged, path), is, 'latin1');
      await writeFile(join(staged, 'Release'), release.replace(digest(Buffer.from(was)), digest(Buffer.from(is))));
      return ran;
    };
    const archive = started(unsigned, stubborn);
    await publish(archive, distribution(unstable, []));
    for (const version of ['1', '2']) {
      await publish(archive, distribution(unstable, [await hello(version)]));
      const packages = await readFile(join(root(), 'dists', unstable, 'main/binary-amd64/Packages'), 'utf8');
      assert.match(packages, new RegExp(`Version: ${version}\n[^]*Priority: required`));
      await assertWhole(root());
    }
  });

  it('comes back with the same indices when all but the pool was deleted', async () => {
    const holds = await peculiar(shop);
    const order = [distribution(unstable, holds), distribution(rollback0, holds)];
    await publish(started(), ...order);
    const before = await indicesOf(root());
    for (const lost of ['conf', 'db', 'dists', 'derived', 'generations', 'published'])
      await rm(join(base(), lost), { recursive: true });
    await publish(started(), ...order);
    assert.deepEqual(await indicesOf(root()), before);
  });

  it('comes back when everything was deleted', async () => {
    const order = [distribution(unstable, [await hello('1.0')]), distribution(rollback0, [])];
    await publish(started(), ...order);
    const before = await indicesOf(root());
    await rm(base(), { recursive: true });
    await publish(started(), ...order);
    assert.deepEqual(await indicesOf(root()), before);
    await assertWhole(root());
  });

  for (const lost of ['db', 'dists', 'derived', 'conf', 'published', 'generations']) {
    it(`repairs itself when ${lost} went away while it was not running`, async () => {
      const [one, two] = [await hello('1.0'), await hello('2.0')];
      await publish(started(), distribution(unstable, [one]), distribution(rollback0, []));
      await rm(join(base(), lost), { recursive: true });
      await publish(started(), distribution(unstable, [two]), distribution(rollback0, [one]));
      assert.deepEqual(await publishedContents(root(), unstable), [
        'hello 2.0 amd64',
        'hello-doc 2.0 all',
        'source hello 2.0',
      ]);
      await assertWhole(root());
    });
  }

  it('makes a database anew that cannot be read', async () => {
    const held = await hello('1.0');
    await publish(started(), distribution(unstable, [held]));
    for (const name of readdirSync(join(base(), 'db'))) await writeFile(join(base(), 'db', name), 'not a database');
    await publish(started(), distribution(unstable, [held, await shop.hold({ source: 'tree', version: '1' })]));
    assert.equal((await publishedContents(root(), unstable))?.length, 5);
  });

  it('repairs a published index that lost a bit while it was not running', async () => {
    const held = await hello('1.0');
    await publish(started(), distribution(unstable, [held]), distribution(rollback0, [held]));
    for (const name of [unstable, rollback0]) {
      const index = join(root(), 'dists', name, 'main/binary-amd64/Packages.gz');
      const bytes = await readFile(index);
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      await rm(index);
      await writeFile(index, bytes);
    }
    await publish(started(), distribution(unstable, [held]), distribution(rollback0, [held]));
    await assertWhole(root());
  });

  it('takes out what somebody else put into its database', async () => {
    const [held, stranger] = [await hello('1.0'), await shop.hold({ source: 'stranger', version: '1' })];
    await publish(started(), distribution(unstable, [held]));
    const deb = await shop.files.path(stranger.binaries[0]?.file.sha256 ?? ('' as never));
    await execute('cp', [deb, join(folder, 'stranger_1_amd64.deb')]);
    await execute('reprepro', [
      '-b',
      base(),
      '-C',
      'main',
      'includedeb',
      unstable,
      join(folder, 'stranger_1_amd64.deb'),
    ]);
    await publish(started(), distribution(unstable, [held]));
    assert.deepEqual(await publishedContents(root(), unstable), [
      'hello 1.0 amd64',
      'hello-doc 1.0 all',
      'source hello 1.0',
    ]);
    const { stdout } = await execute('reprepro', ['-b', base(), 'list', unstable]);
    assert.doesNotMatch(stdout, /stranger/);
  });

  it('refuses a package whose control file would begin a second package, and says which', async () => {
    const control =
      'Package: evil\nVersion: 1\nArchitecture: amd64\nMaintainer: x\nDescription: x\n\nPackage: bash\nVersion: 99\n';
    const evil = await shop.hold({ source: 'evil', version: '1', binaries: [{ control }] });
    const good = await hello('1.0');
    const archive = started();
    await publish(archive, distribution(unstable, [good]));
    await assert.rejects(
      publish(archive, distribution(unstable, [good, evil])),
      /control-unreadable: evil_1_amd64\.deb/,
    );
    await assert.rejects(
      publish(archive, distribution(unstable, [good]), distribution(rollback0, [evil])),
      /control-unreadable/,
    );
    await publish(archive, distribution(unstable, [good]));
    assert.equal((await publishedContents(root(), unstable))?.length, 3);
  });

  it('refuses a package whose control file says another name, version, architecture or source than history', async () => {
    const archive = started();
    const lies: readonly Partial<BinaryPackage>[] = [
      { package: 'bash' },
      { version: '9' },
      { architecture: 'i386' },
      { source: 'even' },
    ];
    for (const [at, lie] of lies.entries()) {
      const source = `odd${at}`;
      const held = await shop.hold({ source, version: '1', binaries: [{ source: `${source} (1)`, ...lie }] });
      const told = { package: source, version: '1', architecture: 'amd64' };
      const history = { ...held, binaries: held.binaries.map((binary) => ({ ...binary, ...told })) };
      await assert.rejects(
        publish(archive, distribution(unstable, [history as unknown as HeldVersion])),
        new RegExp(`contents-mismatch: .* says .*, where history says odd${at} 1 odd${at} 1 amd64`),
      );
    }
    assert.equal(existsSync(root()), false);
  });

  it('keeps a Release that says the same, and renews all when asked again or when they grow old', async () => {
    const [one, two] = [await hello('1.0'), await hello('2.0')];
    const archive = started();
    const release = async (name: string) =>
      /^Date: (.*)$/m.exec(await readFile(join(root(), 'dists', name, 'InRelease'), 'utf8'))?.[1];
    await publish(archive, distribution(unstable, [one]), distribution(rollback0, []));
    await publish(archive, distribution(unstable, [two]), distribution(rollback0, []));
    assert.deepEqual(
      [await release(unstable), await release(rollback0)],
      ['Sun, 22 Nov 2026 10:16:00 UTC', 'Sun, 22 Nov 2026 10:15:00 UTC'],
    );
    await publish(archive, distribution(unstable, [two]), distribution(rollback0, []));
    assert.equal(await release(rollback0), 'Sun, 22 Nov 2026 10:17:00 UTC');
    minute = 2 * 24 * 60;
    await publish(archive, distribution(unstable, [one]), distribution(rollback0, []));
    assert.equal(await release(rollback0), 'Tue, 24 Nov 2026 10:15:00 UTC');
  });

  it('keeps no Release that is dated later than what is published, since the clock was ahead', async () => {
    const [one, two] = [await hello('1.0'), await hello('2.0')];
    const archive = started();
    minute = 365 * 24 * 60;
    await publish(archive, distribution(unstable, [one]), distribution(rollback0, []));
    minute = 5;
    await publish(archive, distribution(unstable, [two]), distribution(rollback0, []));
    for (const name of [unstable, rollback0])
      assert.match(
        await readFile(join(root(), 'dists', name, 'InRelease'), 'utf8'),
        /^Date: Sun, 22 Nov 2026 10:20:00 UTC$/m,
      );
  });

  it('signs everything anew with one archive key more', async () => {
    const held = await hello('1.0');
    const both = [...signers, 'B'.repeat(40) as Fingerprint];
    await publish(started(), distribution(unstable, []), distribution(rollback0, []));
    const order = publication([distribution(unstable, [held]), distribution(rollback0, [])], minute++);
    const published = await started().publish({ ...order, signers: both }, () => undefined);
    assert.deepEqual(published.signedBy, both);
    assert.match(
      await readFile(join(root(), 'dists', rollback0, 'Release'), 'utf8'),
      /^Date: Sun, 22 Nov 2026 10:16:00 UTC$/m,
    );
  });

  it('gives replaced indices by their hash for an hour, and keeps the three generations before', async () => {
    const archive = started();
    const byHash = () => readdir(join(root(), 'dists', unstable, 'main/binary-amd64/by-hash/SHA256'));
    for (const version of ['1', '2', '3', '4', '5'])
      await publish(archive, distribution(unstable, [await hello(version)]));
    assert.equal((await byHash()).length, 10);
    assert.deepEqual((await readdir(join(base(), 'generations'))).sort(), ['2', '3', '4', '5']);
    minute += 61;
    const held = await hello('6');
    await publish(archive, distribution(unstable, [held]));
    assert.equal((await byHash()).length, 2 + 3 * 2);
    for (let repeat = 0; repeat < 3; repeat++) await publish(archive, distribution(unstable, [held]));
    minute += 61;
    await publish(archive, distribution(unstable, [held]));
    assert.equal((await byHash()).length, 2);
  });

  it('is repaired by the next publication wherever the power went away, and apt never notices', async () => {
    const [one, two] = [await hello('1.0', { version: '1.0', binaries: [{}] }), await hello('2.0', { binaries: [{}] })];
    const states = [
      [distribution(unstable, [one], narrow), distribution(rollback0, [], narrow)],
      [distribution(unstable, [two], narrow), distribution(rollback0, [one], narrow)],
    ] as const;
    await publish(started(), ...states[0]);
    let cuts = 0;
    for (let done = false; !done; cuts++) {
      const [wanted, before] = cuts % 2 === 0 ? [states[1], states[0]] : [states[0], states[1]];
      const { disk, run } = powerCut(cuts + 1);
      const failing = repreproArchive({ home, files: shop.files, keyring: unsigned, thread, disk, run });
      done = await publish(failing, ...wanted).then(
        () => true,
        (error: Error) => {
          assert.match(error.message, /power cut/);
          return false;
        },
      );
      await assertWhole(root());
      const seen = await publishedContents(root(), unstable);
      assert.ok(
        [wanted, before].some(([suite]) => seen?.[0] === `hello ${suite.holds[0]?.version} amd64`),
        `cut ${cuts}`,
      );
      await publish(started(), ...wanted);
      await assertWhole(root());
      assert.deepEqual(await publishedContents(root(), unstable), [
        `hello ${wanted[0].holds[0]?.version} amd64`,
        `source hello ${wanted[0].holds[0]?.version}`,
      ]);
      assert.equal((await publishedContents(root(), rollback0))?.length, wanted[1].holds.length * 2);
    }
    assert.ok(cuts > 50, `${cuts} effects`);
  });

  it('asks whether it may before each program, rename and removal, and does none any more where it may not', async () => {
    const [one, two] = [await hello('1.0', { version: '1.0', binaries: [{}] }), await hello('2.0', { binaries: [{}] })];
    await publish(started(), distribution(unstable, [one], narrow));
    const now = await readlink(root());
    let done = false;
    for (let allowed = 0; !done; allowed += 1) {
      const said: string[] = [];
      const permit = async (): Promise<void> => {
        const asked = said.push('asked');
        if (said.filter((word) => word === 'asked').length > allowed) throw new Error(`taken over, said ${asked}`);
      };
      const run: Run = (...given) => {
        said.push('run');
        return runProgram(...given);
      };
      const { disk } = powerCut(Number.POSITIVE_INFINITY);
      const rename: typeof disk.rename = async (from, to) => {
        said.push(to === root() ? 'switch' : 'rename');
        await disk.rename(from, to);
      };
      const removing = (path: string, work: typeof disk.remove) => {
        said.push('remove');
        return work(path);
      };
      const changes = {
        ...disk,
        rename,
        remove: (path: string) => removing(path, disk.remove),
        removeTree: (path: string) => removing(path, disk.removeTree),
      };
      const parts = { home, files: shop.files, keyring: unsigned, thread, disk: changes, run, permit };
      const refused = await publish(repreproArchive(parts), distribution(unstable, [two], narrow)).then(
        () => undefined,
        ({ message }: Error) => Number(/taken over, said (\d+)/.exec(message)?.[1]),
      );
      done = refused === undefined;
      if (!done) {
        assert.deepEqual(said.slice(refused), [], 'nothing after the refusal');
        assert.equal(await readlink(root()), now, 'apt sees what it saw');
        await assertWhole(root());
      } else {
        assert.ok(allowed > 2, `${allowed} questions`);
        assert.equal(said[said.indexOf('switch') - 1], 'asked', 'directly before the switch');
      }
    }
    assert.notEqual(await readlink(root()), now);
  });

  it('leaves alone what another one publishes, wherever it was stopped before it wakes up', async () => {
    const [one, two] = [await hello('1.0', { version: '1.0', binaries: [{}] }), await hello('2.0', { binaries: [{}] })];
    let ended = false;
    for (let question = 0; !ended; question += 1) {
      const stopped = Promise.withResolvers<void>();
      const woken = Promise.withResolvers<void>();
      let left = Number.POSITIVE_INFINITY;
      const permit = async (): Promise<void> => {
        left -= 1;
        if (left > 0) return;
        stopped.resolve();
        await woken.promise;
        throw new Error('another node has taken over');
      };
      const former = repreproArchive({ home, files: shop.files, keyring: unsigned, thread: archiveThread(), permit });
      await publish(former, distribution(unstable, [one], narrow));
      left = question;
      const goesOn = () =>
        publish(former, distribution(unstable, [two], narrow)).then(
          () => true,
          () => false,
        );
      // At first stopped before it asked anything, and before whatever it does without asking.
      const late = question === 0 ? undefined : goesOn();
      if (late !== undefined) await Promise.race([stopped.promise, late]);
      const latter = started();
      await publish(latter, distribution(unstable, [two], narrow));
      const seen = await everyByte(root());
      woken.resolve();
      ended = await (late ?? goesOn());
      if (!ended) assert.deepEqual(await everyByte(root()), seen, `stopped at question ${question}`);
      await publish(latter, distribution(unstable, [one], narrow));
      await assertWhole(root());
    }
  });

  it('goes on after reprepro was killed in the middle: stale lock, files and packages half known', async () => {
    const held = await Promise.all(
      Array.from({ length: 4 }, (_, at) => shop.hold({ source: `held${at}`, version: '1', binaries: [{}] })),
    );
    await publish(started(), distribution(unstable, []));
    for (const verb of ['_detect', 'restorematched', 'export']) {
      const killing: Run = (program, args, stdin) =>
        args.includes(verb) ? killed(program, args, stdin) : runProgram(program, args, stdin);
      await assert.rejects(publish(started(unsigned, killing), distribution(unstable, held)), /killed/, verb);
      assert.ok(existsSync(join(base(), 'db', 'lockfile')), verb);
      assert.deepEqual(await publishedContents(root(), unstable), []);
    }
    await publish(started(), distribution(unstable, held));
    assert.equal((await publishedContents(root(), unstable))?.length, 8);
    await assertWhole(root());
  });

  it('believes no exit code: what reprepro did not take is missed', async () => {
    const held = await hello('1.0');
    let forgets = false;
    const forgetful: Run = async (program, args, stdin) =>
      forgets && args.includes('restorematched')
        ? { code: 0, stdout: Buffer.alloc(0), stderr: 'Skipping.' }
        : runProgram(program, args, stdin);
    const long = started(unsigned, forgetful);
    await publish(long, distribution(unstable, []));
    forgets = true;
    for (const archive of [long, started(unsigned, forgetful)]) {
      await assert.rejects(
        publish(archive, distribution(unstable, [held])),
        /reprepro-disagrees: trixie-test-unstable: .*hello is absent/,
      );
      assert.deepEqual(await publishedContents(root(), unstable), []);
    }
    forgets = false;
    await publish(long, distribution(unstable, [held]));
    assert.equal((await publishedContents(root(), unstable))?.length, 3);
  });

  it('lets apt update, download, simulate an installation and fetch the source, under Signed-By', async () => {
    const keyring = openpgpKeyring({ keysFolder: join(folder, 'keys'), now: Date.now });
    const [one, two] = [await hello('1.0-1', { format: 'quilt' }), await hello('1:2.0-1', { format: 'quilt' })];
    const now = Math.floor(Date.now() / 1000) * 1000;
    const { fingerprint, publicKey } = await keyring.newArchiveKey([]);
    await started(keyring).publish(
      {
        repository: test,
        distributions: [
          distribution(unstable, [two], { description: 'Pakete für Tests' }),
          distribution(rollback0, [one], { notAutomatic: true }),
        ],
        date: instant(now),
        validUntil: instant(now + 3600_000),
        signers: [fingerprint],
      },
      () => undefined,
    );
    const server = await serve(root());
    try {
      const apt = await privateApt(join(folder, 'apt'), publicKey, server.url, [unstable, rollback0]);
      const { stderr } = await apt('apt-get', 'update', '--error-on=any');
      assert.doesNotMatch(stderr, /^[EW]:/m);
      await apt('apt-get', 'download', 'hello');
      await apt('apt-get', 'download', `hello-doc/${rollback0}`);
      await apt('apt-get', 'source', '--download-only', 'hello');
      const fetched = readdirSync(join(folder, 'apt', 'downloads'));
      assert.deepEqual(fetched.sort(), [
        'hello-doc_1.0-1_all.deb',
        'hello_1%3a2.0-1_amd64.deb',
        'hello_2.0-1.debian.tar.gz',
        'hello_2.0-1.dsc',
        'hello_2.0.orig.tar.gz',
      ]);
      const { stdout } = await apt('apt-get', 'install', '-s', 'hello', 'hello-doc');
      assert.match(stdout, /^Inst hello \(1:2\.0-1 trixie-test-unstable:trixie-test-unstable \[amd64\]\)$/m);
      await writeFile(join(folder, 'key.asc'), publicKey);
      await execute('gpg', [
        '--batch',
        '--no-options',
        '--homedir',
        await gpgHome(folder),
        '--dearmor',
        '-o',
        join(folder, 'key.gpg'),
        join(folder, 'key.asc'),
      ]);
      const release = join(root(), 'dists', unstable, 'Release');
      const verified = await execute('gpgv', [
        '--status-fd',
        '1',
        '--keyring',
        join(folder, 'key.gpg'),
        `${release}.gpg`,
        release,
      ]);
      assert.match(verified.stdout, new RegExp(`VALIDSIG .*${fingerprint}\n`));
    } finally {
      await server.close();
    }
  });

  it('shows no mismatch to a client that reads in a loop while 40 publications happen', async () => {
    const archive = started();
    const versions = await Promise.all(Array.from({ length: 8 }, (_, at) => hello(`${at + 1}`)));
    await publish(archive, distribution(unstable, versions.slice(0, 1)), distribution(rollback0, []));
    const server = await serve(root());
    let publishing = true;
    let rounds = 0;
    const fetchBytes = async (path: string): Promise<Buffer> => {
      const response = await fetch(`${server.url}/${path}`);
      assert.equal(response.status, 200, path);
      return Buffer.from(await response.arrayBuffer());
    };
    const reader = async (name: string): Promise<void> => {
      for (; publishing; rounds++) {
        const listed = releaseSums((await fetchBytes(`dists/${name}/InRelease`)).toString('utf8'));
        for (const { path, sha256 } of listed.filter(({ path }) => path.endsWith('.gz'))) {
          const bytes = await fetchBytes(`dists/${name}/${path.replace(/[^/]*$/, '')}by-hash/SHA256/${sha256}`);
          assert.equal(digest(bytes), sha256);
          for (const [, file] of gunzipSync(bytes)
            .toString('latin1')
            .matchAll(/^Filename: (.*)$/gm))
            await fetchBytes(file ?? '');
        }
      }
    };
    try {
      const readers = [reader(unstable), reader(unstable), reader(rollback0)];
      try {
        for (let at = 1; at <= 40; at++) {
          const [now, earlier] = [
            versions.slice(at % 8, (at % 8) + 1),
            versions.slice((at - 1) % 8, ((at - 1) % 8) + 1),
          ];
          await publish(archive, distribution(unstable, now), distribution(rollback0, earlier));
        }
      } finally {
        publishing = false;
      }
      await Promise.all(readers);
      assert.ok(rounds > 40, `${rounds} rounds`);
    } finally {
      await server.close();
    }
  });
});

const verbs = new Set(['list', 'listfilter', 'clearvanished', '_detect', 'removesrcs', 'restorematched', 'export']);

/** Packages of every shape that an index has to tell apart. */
const peculiar = async (shop: Workshop): Promise<readonly HeldVersion[]> => [
  await shop.hold({
    source: 'hello',
    version: '1:2.10-3',
    format: 'quilt',
    section: 'devel',
    fields: { 'Build-Depends': 'debhelper-compat (= 13),\n libfoo-dev', Homepage: 'https://example.org/hello' },
    binaries: [
      { section: 'devel', fields: { Depends: 'libc6 (>= 2.36)', 'Multi-Arch': 'foreign', 'Installed-Size': '12' } },
      { architecture: 'i386', section: 'devel' },
      { package: 'hello-doc', architecture: 'all', section: null, priority: null },
      { package: 'hello-dbgsym', section: 'debug', priority: 'extra' },
      { package: 'hello-udeb', section: 'debian-installer', type: 'udeb' },
      { package: 'hello-extra', component: 'contrib', section: 'contrib/devel', compression: 'zst' },
    ],
  }),
  await shop.hold({
    source: 'libfoo',
    version: '1.0',
    component: 'contrib',
    section: 'contrib/libs',
    binaries: [{ package: 'libfoo1', version: '1.0+b1', source: 'libfoo (1.0)', section: 'contrib/libs' }],
  }),
  await shop.hold({
    source: 'umlaut',
    version: '3~rc1+dfsg-1',
    section: 'misc',
    binaries: [
      {
        control:
          'Version: 3~rc1+dfsg-1\nDescription: Pakete für Jörg\n Zeile zwei\n .\n   eingerückt\nPackage: umlaut\nSection: misc\nX-Tags: a,\n b,\n\tc\nArchitecture: amd64\npriority: optional\nMaintainer: Jörg <j@example.org>\nTag: x\n',
      },
    ],
  }),
];

/** A repository that nobody but reprepro has written. */
const includedOneByOne = async (bare: string, holds: readonly HeldVersion[]): Promise<string> => {
  await mkdir(join(bare, 'conf'), { recursive: true });
  const ours = distributionsFile([distribution(unstable, holds)]);
  await writeFile(join(bare, 'conf', 'distributions'), ours.replaceAll(/Indices: .*$/gm, '$& .gz'));
  const sections: Readonly<Record<string, string>> = { hello: 'devel', libfoo: 'contrib/libs', umlaut: 'misc' };
  for (const held of holds) {
    const inbox = join(bare, 'inbox', held.source);
    await mkdir(inbox, { recursive: true });
    const files = poolFiles(held).map(({ name, file }) => ({ name, path: join(inbox, name), file }));
    for (const { path, file } of files)
      await writeFile(path, await readFile(join(bare, '..', 'files', file.sha256.slice(0, 2), file.sha256)));
    for (const { name, path } of files) {
      const verb = /\.(dsc|deb|udeb)$/.exec(name)?.[1];
      if (verb === undefined) continue;
      const component = held.binaries.find(({ package: binary }) => name.startsWith(`${binary}_`))?.component;
      const section = verb === 'dsc' ? sections[held.source] : name.startsWith('hello-doc') ? 'misc' : undefined;
      const forced = section === undefined ? [] : ['-S', section, '-P', 'optional'];
      const where = ['-b', bare, '-C', verb === 'dsc' ? held.component : `${component}`, ...forced];
      await execute('reprepro', [...where, `include${verb}`, unstable, path]);
    }
  }
  return bare;
};

const indicesOf = async (root: string) => ({
  [unstable]: await publishedIndices(root, unstable),
  [rollback0]: await publishedIndices(root, rollback0),
});

/** Runs reprepro, which the kernel ends, lock and all, as soon as it writes beyond the hundredth byte of a file. */
const killed = async (
  program: string,
  args: readonly string[],
  stdin: string | Uint8Array | undefined,
): Promise<never> => {
  const child = spawn('prlimit', ['--fsize=100', '--core=0', program, ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(child, 'exit');
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [, signal] = await ended;
  throw new Error(signal === 'SIGXFSZ' ? 'killed' : 'it went on to its end');
};

const gpgHome = async (folder: string): Promise<string> => {
  const home = join(folder, 'gnupg');
  await mkdir(home, { mode: 0o700 });
  return home;
};

/** apt with a root of its own: it touches nothing of the machine. Answers run in `downloads`. */
const privateApt = async (at: string, publicKey: string, url: string, names: readonly DistributionName[]) => {
  const folders = [
    'etc/apt/apt.conf.d',
    'etc/apt/preferences.d',
    'etc/apt/sources.list.d',
    'var/lib/apt/lists/partial',
  ];
  for (const below of [...folders, 'var/cache/apt/archives/partial', 'var/lib/dpkg', 'downloads'])
    await mkdir(join(at, below), { recursive: true });
  await writeFile(join(at, 'var/lib/dpkg/status'), '');
  await writeFile(join(at, 'key.asc'), publicKey);
  await writeFile(
    join(at, 'apt.conf'),
    `Dir "${at}";\nDir::State::status "${at}/var/lib/dpkg/status";\nAPT::Architecture "amd64";\nAPT::Architectures { "amd64"; };\nAPT::Sandbox::User "";\nAcquire::Languages "none";\n`,
  );
  await writeFile(
    join(at, 'etc/apt/sources.list.d/test.sources'),
    `Types: deb deb-src\nURIs: ${url}\nSuites: ${names.join(' ')}\nComponents: main contrib\nSigned-By: ${join(at, 'key.asc')}\n`,
  );
  const { PATH = '' } = process.env;
  await stat(join(at, 'apt.conf'));
  return (program: string, ...args: readonly string[]) =>
    execute(program, args, {
      cwd: join(at, 'downloads'),
      env: { PATH, LC_ALL: 'C.UTF-8', APT_CONFIG: join(at, 'apt.conf') },
    });
};

/** Which generation it is, and each of its files with its sum. */
const everyByte = async (root: string): Promise<Readonly<Record<string, string>>> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sums = await Promise.all(files.map(async (file) => [file, digest(await readFile(file))] as const));
  return { '': await readlink(root), pool: await readlink(join(root, 'pool')), ...Object.fromEntries(sums) };
};
