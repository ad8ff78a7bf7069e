import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { distributionsFile } from '../../../src/adapters/reprepro/configuration.ts';
import { oneByOne, singleChanges } from '../../../src/adapters/reprepro/disk.ts';
import { fileFacts } from '../../../src/adapters/reprepro/file-facts.ts';
import { indexedFiles, ownIndices } from '../../../src/adapters/reprepro/own-indices.ts';
import { releaseBody, releaseHead, releaseText } from '../../../src/adapters/reprepro/release.ts';
import { runProgram } from '../../../src/adapters/reprepro/run-program.ts';
import { archiveThread } from '../../../src/adapters/reprepro/thread.ts';
import { instant } from '../../../src/domain/codec.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { distribution, moment, rollback0, unsigned, unstable, type Workshop, workshop } from './workshop.ts';

const golden = (name: string) => readFile(new URL(`../../golden/archive/${name}`, import.meta.url), 'utf8');

const disk = oneByOne(singleChanges);
const thread = archiveThread();

describe('files that apt and reprepro read', () => {
  let folder = '';
  let shop: Workshop;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'index-files-'));
    shop = workshop(folder);
  });
  afterEach(() => removeFolder(folder));

  const facts = () =>
    fileFacts(join(folder, 'derived', 'facts'), {
      files: shop.files,
      keyring: unsigned,
      run: runProgram,
      disk,
      thread,
    });
  const hello = () =>
    shop.hold({
      source: 'hello',
      version: '1:2.10-3',
      format: 'quilt',
      section: 'devel',
      binaries: [
        {
          section: 'devel',
          compression: 'none',
          fields: { Depends: 'libc6 (>= 2.36)' },
          description: 'grüßt\n Freundlich.',
        },
        { package: 'hello-doc', architecture: 'all', section: null, compression: 'none', component: 'contrib' },
      ],
    });

  it('Packages and Sources are those of test/golden', async () => {
    const held = await hello();
    const factsOf = await facts().gather(indexedFiles([held]));
    const gz = (path: string) => join(folder, `${path.replaceAll('/', '-')}.gz`);
    const made = await ownIndices(distribution(rollback0, [held]), factsOf, (path, from) =>
      thread.write({ to: gz(path), remember: undefined, from }),
    );
    const text = (path: string) => Buffer.from(made.find((index) => index.path === path)?.plain ?? []).toString('utf8');
    assert.deepEqual(
      made.map(({ path }) => path),
      ['main', 'contrib'].flatMap((component) => [
        `${component}/binary-amd64/Packages`,
        `${component}/binary-i386/Packages`,
        `${component}/source/Sources`,
      ]),
    );
    assert.equal(masked(text('main/binary-amd64/Packages')), await golden('Packages'));
    assert.equal(masked(text('contrib/binary-i386/Packages')), await golden('Packages-contrib'));
    assert.equal(masked(text('main/source/Sources')), await golden('Sources'));
    for (const { path, plain } of made)
      assert.deepEqual(gunzipSync(await readFile(gz(path))), Buffer.from(plain ?? []));
  });

  it('Release is that of test/golden', async () => {
    const suite = distribution(unstable, [], { notAutomatic: true, butAutomaticUpgrades: true });
    const files = [{ path: 'main/binary-amd64/Packages', size: 0, sha256: 'e'.repeat(64) as never }];
    const dates = { date: instant(moment), validUntil: instant(moment + 7 * 24 * 3600_000) };
    assert.equal(releaseText(releaseHead(suite), dates, releaseBody(suite, files)), await golden('Release'));
  });

  it('a Release that never expires says nothing of it', () => {
    const suite = distribution(unstable, []);
    const text = releaseText(releaseHead(suite), { date: instant(moment), validUntil: null }, releaseBody(suite, []));
    assert.doesNotMatch(text, /Valid-Until|NotAutomatic|ButAutomaticUpgrades/);
  });

  it('the configuration of reprepro is that of test/golden', async () => {
    const udeb = await shop.hold({ source: 'disk', version: '1', binaries: [{ type: 'udeb' }] });
    const suites = [distribution(unstable, [udeb]), distribution('trixie-test-stable' as typeof unstable, [])];
    assert.equal(distributionsFile(suites), await golden('distributions'));
  });

  it('facts of a file are found out once, also over a restart', async () => {
    const held = await hello();
    const first = await facts().gather(indexedFiles([held]));
    await rm(join(folder, 'files'), { recursive: true });
    const second = await facts().gather(indexedFiles([held]));
    for (const file of indexedFiles([held])) assert.deepEqual(second(file), first(file));
  });

  it('facts that were torn or damaged on disk are found out again', async () => {
    const held = await hello();
    const wanted = indexedFiles([held]);
    const first = await facts().gather(wanted);
    const path = join(folder, 'derived', 'facts');
    const text = await readFile(path, 'latin1');
    await writeFile(path, text.replace(/"md5":"./, '"md5":"-').slice(0, -20), 'latin1');
    const second = await facts().gather(wanted);
    for (const file of wanted) assert.deepEqual(second(file), first(file));
    await appendFile(path, 'garbage');
    assert.deepEqual((await facts().gather(wanted))(held.dsc), first(held.dsc));
  });

  it('a file that is no package is refused by name', async () => {
    const held = await hello();
    const [binary] = held.binaries;
    assert.ok(binary);
    const broken = { ...held.dsc, name: binary.file.name };
    await assert.rejects(facts().gather([broken]), /not-a-package: dpkg-deb cannot read hello_2\.10-3_amd64\.deb/);
  });
});

/** Compressed files differ with the version of zlib: their sums and sizes are not the subject. */
const masked = (text: string): string =>
  text
    .replace(/\b[0-9a-f]{64}\b/g, 'SHA256')
    .replace(/\b[0-9a-f]{40}\b/g, 'SHA1')
    .replace(/\b[0-9a-f]{32}\b/g, 'MD5')
    .replace(/^( (?:SHA256|SHA1|MD5)) \d+ /gm, '$1 SIZE ')
    .replace(/^Size: \d+$/gm, 'Size: SIZE');
