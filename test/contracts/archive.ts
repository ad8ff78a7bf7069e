import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { instant } from '../../src/domain/codec.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { RepositoryId } from '../../src/domain/debian/names.ts';
import type { EventId } from '../../src/domain/ids.ts';
import type { Archive, PublishedDistribution } from '../../src/ports/archive.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import {
  distribution,
  publication,
  rollback0,
  signers,
  test,
  unstable,
  type WantedVersion,
  workshop,
} from '../adapters/reprepro/workshop.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** An archive, and what apt finds in one of its distributions: sorted `source NAME VERSION` and `NAME VERSION ARCHITECTURE`. */
export type ArchiveUnderTest = {
  readonly archive: Archive;
  /** Paths of the files in the pool. */
  readonly pool: (repository: RepositoryId) => Promise<readonly string[]>;
  readonly contents: (repository: RepositoryId, name: DistributionName) => Promise<readonly string[] | undefined>;
};

/** What every archive promises. `makeArchive` is given an empty folder of its own. */
export const archiveContract = (
  technology: string,
  makeArchive: (folder: string, files: FileStore) => ArchiveUnderTest,
): void => {
  describe(`an archive, ${technology}`, () => {
    let folder = '';
    let shop: ReturnType<typeof workshop>;
    let under: ArchiveUnderTest;
    let minute = 0;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'archive-'));
      shop = workshop(folder);
      under = makeArchive(join(folder, 'repositories'), shop.files);
      minute = 0;
    });
    afterEach(() => removeFolder(folder));

    const publish = (...distributions: readonly PublishedDistribution[]) =>
      under.archive.publish(publication(distributions, minute++), () => undefined);
    const seen = (name = unstable) => under.contents(test, name);
    const hello = (version: string, more: Partial<WantedVersion> = {}) =>
      shop.hold({
        source: 'hello',
        version,
        binaries: [{}, { package: 'hello-doc', architecture: 'all' }],
        ...more,
      });

    it('shows nothing of what was removed, and begins anew afterwards', async () => {
      await publish(distribution(unstable, [await hello('1.0')]));
      await under.archive.remove(test);
      assert.equal(await seen(), undefined);
      await under.archive.remove(test);
      await publish(distribution(unstable, [await hello('1.0')]));
      assert.deepEqual(await seen(), ['hello 1.0 amd64', 'hello-doc 1.0 all', 'source hello 1.0']);
    });

    it('shows the source and all binaries of a version', async () => {
      await publish(distribution(unstable, [await hello('1.0')]));
      assert.deepEqual(await seen(), ['hello 1.0 amd64', 'hello-doc 1.0 all', 'source hello 1.0']);
    });

    it('shows a distribution that holds nothing', async () => {
      await publish(distribution(unstable, []));
      assert.deepEqual(await seen(), []);
    });

    it('replaces all binaries of a version by those of the next', async () => {
      await publish(distribution(unstable, [await hello('1.0')]));
      await publish(distribution(unstable, [await hello('2.0', { binaries: [{}] })]));
      assert.deepEqual(await seen(), ['hello 2.0 amd64', 'source hello 2.0']);
    });

    it('goes back to an earlier version when history does', async () => {
      const [one, two] = [await hello('1.0'), await hello('1:0.9')];
      await publish(distribution(unstable, [two]));
      await publish(distribution(unstable, [one]));
      assert.deepEqual(await seen(), ['hello 1.0 amd64', 'hello-doc 1.0 all', 'source hello 1.0']);
    });

    it('lets go of what is held no more', async () => {
      const [one, other] = [await hello('1.0'), await shop.hold({ source: 'tree', version: '2' })];
      await publish(distribution(unstable, [one, other]));
      await publish(distribution(unstable, [other]));
      assert.deepEqual(await seen(), ['source tree 2', 'tree 2 amd64']);
    });

    it('shows rollbacks what they hold', async () => {
      const [one, two] = [await hello('1.0'), await hello('2.0')];
      await publish(distribution(unstable, [two]), distribution(rollback0, [one]));
      assert.deepEqual(await seen(rollback0), ['hello 1.0 amd64', 'hello-doc 1.0 all', 'source hello 1.0']);
      assert.deepEqual(await seen(), ['hello 2.0 amd64', 'hello-doc 2.0 all', 'source hello 2.0']);
    });

    it('adds an architecture that comes late', async () => {
      const one = await hello('1.0');
      const late = await hello('1.0', { binaries: [{}, { architecture: 'i386' }] });
      await publish(distribution(unstable, [one]));
      await publish(distribution(unstable, [{ ...one, binaries: [...one.binaries, ...late.binaries.slice(1)] }]));
      assert.deepEqual(await seen(), ['hello 1.0 amd64', 'hello 1.0 i386', 'hello-doc 1.0 all', 'source hello 1.0']);
    });

    it('moves a binary from one source to another', async () => {
      const before = await hello('1.0');
      const after = await shop.hold({
        source: 'greet',
        version: '3',
        binaries: [{ package: 'hello', source: 'greet' }],
      });
      await publish(distribution(unstable, [before]));
      await publish(distribution(unstable, [after]));
      assert.deepEqual(await seen(), ['hello 3 amd64', 'source greet 3']);
    });

    it('forgets a distribution that is configured no more', async () => {
      const name = 'trixie-test-testing' as DistributionName;
      await publish(distribution(unstable, []), distribution(name, [await hello('1.0')]));
      await publish(distribution(unstable, []));
      assert.equal(await seen(name), undefined);
    });

    it('leaves out what its distribution has no index for any more', async () => {
      const one = await shop.hold({ source: 'tool', version: '1', binaries: [{}, { architecture: 'i386' }] });
      const other = await shop.hold({ source: 'blob', version: '1', component: 'contrib' });
      const narrow = { components: ['main'], architectures: ['amd64'] } as unknown as Partial<PublishedDistribution>;
      await publish(distribution(unstable, [one, other]));
      await publish(distribution(unstable, [one, other], narrow));
      assert.deepEqual(await seen(), ['source tool 1', 'tool 1 amd64']);
    });

    it('names the release of every distribution, another one when the date is renewed', async () => {
      const order = [distribution(unstable, [await hello('1.0')]), distribution(rollback0, [])];
      const first = await publish(...order);
      const second = await publish(...order);
      assert.deepEqual(
        first.releases.map((each) => each.distribution),
        [unstable, rollback0],
      );
      assert.equal(second.generation, first.generation + 1);
      assert.deepEqual([first.signedBy, second.signedBy], [signers, signers]);
      for (const at of [0, 1]) assert.notEqual(second.releases[at]?.release, first.releases[at]?.release);
      assert.deepEqual(await seen(), ['hello 1.0 amd64', 'hello-doc 1.0 all', 'source hello 1.0']);
    });

    it('refuses other bytes under a name that was published, also after the package left', async () => {
      await publish(distribution(unstable, [await hello('1.0')]));
      await publish(distribution(unstable, []));
      const other = await hello('1.0', { binaries: [{ contents: { '/etc/other': 'other bytes' } }] });
      await assert.rejects(publish(distribution(unstable, [other])), /^\w*:? ?pool-conflict: pool\/main\/h\/hello\//);
      assert.deepEqual(await seen(), []);
    });

    it('refuses one binary package from two sources', async () => {
      const one = await hello('1.0');
      const other = await shop.hold({
        source: 'greet',
        version: '3',
        binaries: [{ package: 'hello', source: 'greet' }],
      });
      await publish(distribution(unstable, [one]));
      await assert.rejects(publish(distribution(unstable, [one, other])), /one-owner.*hello 1\.0.*greet 3/);
      assert.deepEqual(await seen(), ['hello 1.0 amd64', 'hello-doc 1.0 all', 'source hello 1.0']);
    });

    it('refuses two versions of one source in one distribution', async () => {
      await assert.rejects(publish(distribution(unstable, [await hello('1.0'), await hello('2.0')])), /one-owner/);
    });

    it('refuses a description that is more than one line', async () => {
      const evil = distribution(unstable, [], { description: 'fine\nSHA256:' });
      await assert.rejects(publish(evil), /one-line/);
    });

    it('goes on after a refusal as if it had not been', async () => {
      const one = await hello('1.0');
      await assert.rejects(publish(distribution(unstable, [one, await hello('2.0')])));
      await publish(distribution(unstable, [one]));
      assert.deepEqual(await seen(), ['hello 1.0 amd64', 'hello-doc 1.0 all', 'source hello 1.0']);
    });

    it('takes publications that come at once one after the other', async () => {
      const versions = [await hello('1.0'), await hello('2.0'), await hello('3.0')];
      const published = await Promise.all(versions.map((held) => publish(distribution(unstable, [held]))));
      assert.deepEqual(
        published.map(({ generation }) => generation),
        [1, 2, 3],
      );
      assert.deepEqual(await seen(), ['hello 3.0 amd64', 'hello-doc 3.0 all', 'source hello 3.0']);
    });

    it('keeps repositories apart', async () => {
      const name = 'trixie-other-unstable' as DistributionName;
      const other = publication([distribution(name, [await hello('2.0')])]);
      await publish(distribution(unstable, [await hello('1.0')]));
      await under.archive.publish({ ...other, repository: 'other' as RepositoryId }, () => undefined);
      assert.deepEqual((await seen())?.at(-1), 'source hello 1.0');
      assert.deepEqual((await under.contents('other' as RepositoryId, name))?.at(-1), 'source hello 2.0');
      assert.notEqual(under.archive.root(test), under.archive.root('other' as RepositoryId));
    });

    it('takes out of the pool what nothing names, and puts it back when it is needed', async () => {
      const [one, two] = [await hello('1.0'), await hello('2.0')];
      await publish(distribution(unstable, [one]));
      await publish(distribution(unstable, [two]));
      await under.archive.tidyPool(test, () => [two]);
      const pool = (await under.pool(test)).map((path) => basename(path));
      assert.deepEqual(
        pool.filter((name) => name.includes('1.0')),
        [],
      );
      assert.ok(pool.includes('hello_2.0_amd64.deb'));
      await publish(distribution(unstable, [one]));
      assert.deepEqual(await seen(), ['hello 1.0 amd64', 'hello-doc 1.0 all', 'source hello 1.0']);
      assert.ok((await under.pool(test)).some((path) => path.endsWith('/hello_1.0_amd64.deb')));
      assert.ok((await under.pool(test)).some((path) => path.endsWith('/hello_1.0.dsc')));
    });

    it('keeps snapshots under their names until they are forgotten', async () => {
      const { snapshots } = under.archive;
      const publication = '00000000-0000-4000-8000-000000000001' as EventId;
      const name = { repository: test, publication, distribution: unstable, edition: 'k0' };
      const elsewhere = { ...name, repository: 'other' as RepositoryId };
      assert.equal(await snapshots.find(name), undefined);
      const made = await snapshots.make(name, distribution(unstable, [await hello('1.0')]), instant(0), []);
      await snapshots.make(elsewhere, distribution(unstable, []), instant(0), []);
      assert.equal(await snapshots.find(name), made);
      assert.equal(await snapshots.find({ ...name, edition: 'k1' }), undefined);
      assert.equal(await snapshots.make(name, distribution(unstable, []), instant(0), []), made);
      await snapshots.forget(test);
      assert.equal(await snapshots.find(name), undefined);
      assert.notEqual(await snapshots.find(elsewhere), undefined);
    });
  });
};
