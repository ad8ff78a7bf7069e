import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { RepositoryId, StoredFile } from '../../src/domain/debian/names.ts';
import { neededAmong } from '../../src/projections/needed-files.ts';
import { afterSome, isCleared, lostVersions, v } from '../support/days-go-by.ts';
import { acme, acmeConfigured, amd64, unstable, version } from '../support/fixed-examples.ts';
import { eventsOf, type Machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const tarballIn = (on: Machine, upload: number): StoredFile =>
  eventsOf(on, 'UploadReceived')[upload]?.files.find(({ name }) => name.includes('.orig.')) ?? assert.fail();

describe('What retention lets go keeps', () => {
  it('what another repository has, too', async (test) => {
    const { on, daemon, later, run, until } = await afterSome(test, [1], 0, async (here) => {
      await here.daemon().configure({ ...acmeConfigured, repository: 'beta' as RepositoryId });
    });
    const distribution = 'trixie-beta-unstable' as DistributionName;
    await daemon().uploads(sourceUpload({ version: version('2.10-1~beta13+1'), distribution }));
    await until(() => eventsOf(on, 'PackageInstalled').length === 2);
    const { sha256 } = tarballIn(on, 0);
    assert.equal(tarballIn(on, 1).sha256, sha256);
    await run('remove', { package: 'hello', distribution: unstable });
    await later(3);
    await run('retention', { repository: acme, versions: '0' });
    await until(() => lostVersions(on).length === 1 && isCleared(daemon()));
    assert.ok(await on.files.has(sha256));
  });

  it('what an upload under way takes from the pool', async (test) => {
    const { on, daemon, later, run, until } = await afterSome(test, [1], 0);
    const { sha256 } = tarballIn(on, 0);
    await run('stop', { reason: 'to look' });
    await daemon().uploads(sourceUpload({ version: v(2), withOrig: false }));
    await until(() => eventsOf(on, 'UploadAccepted').length === 2);
    await run('remove', { package: 'hello', distribution: unstable });
    await later(3);
    await run('retention', { repository: acme, versions: '0' });
    await until(() => lostVersions(on).length === 1 && isCleared(daemon()));
    assert.ok(await on.files.has(sha256));
  });

  it('what the indices of yesterday name in the pool', async (test) => {
    const { on, daemon, run, later, until } = await afterSome(test, [1, 2, 3], 0);
    const inPool = (n: number) => on.archive.pool(acme).some((path) => path.includes(`hello_${v(n)}`));
    await run('remove', { package: 'hello', distribution: unstable });
    await run('retention', { repository: acme, versions: '1' });
    await until(() => lostVersions(on).length === 2 && isCleared(daemon()));
    assert.deepEqual([1, 2, 3].map(inPool), [false, false, true]);
    await later(1.1);
    await run('retention', { repository: acme, versions: '0' });
    await until(() => lostVersions(on).length === 3 && isCleared(daemon()));
    assert.ok(!inPool(3));
  });

  for (const versions of [[1], [1, 2]])
    it(`what a binNMU replaced of a version that stands, the only one or not: ${versions.length}`, async (test) => {
      const { on, daemon, run, until } = await afterSome(test, versions, 0);
      const replaced = eventsOf(on, 'PackageInstalled')
        .flatMap(({ binaries }) => binaries)
        .find(({ version, architecture }) => version === v(versions.length) && architecture === amd64);
      assert.ok(replaced !== undefined);
      await run('binnmu', { distribution: unstable, package: 'hello', architecture: amd64, reason: 'Rebuild' });
      await until(() => eventsOf(on, 'BinNmuInstalled').length === 1 && daemon().world.binNmus.open.size === 0);
      const inPool = () => on.archive.pool(acme).some((path) => path.endsWith(`/${replaced.file.name}`));
      await run('retention', { repository: acme, versions: '0' });
      await until(() => lostVersions(on).length === versions.length - 1 && isCleared(daemon()));
      assert.ok(inPool());
      on.clock.advance(2 * 86_400_000);
      await daemon().rests();
      assert.ok(inPool());
      // Whatever else names it, such as an upload that is withdrawn.
      assert.equal(neededAmong(daemon().world, new Set([replaced.file.sha256])).size, 1);
    });
});
