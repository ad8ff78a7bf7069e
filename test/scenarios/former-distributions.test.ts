import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RepositoryConfigured } from '../../src/domain/configuration/events.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { Codename, Version } from '../../src/domain/debian/names.ts';
import { heldEarlier } from '../../src/projections/contents.ts';
import { afterSome, filesOfVersion, isCleared, lostVersions, stored, v } from '../support/days-go-by.ts';
import { acme, acmeConfigured, unstable } from '../support/fixed-examples.ts';
import type { Daemon } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

/** The repository has sid instead, as when trixie's life has ended. */
const withoutTrixie: RepositoryConfigured = { ...acmeConfigured, codenames: ['sid' as Codename] };

const depth = ({ world }: Daemon, rollbacks: number) => {
  const layout = world.configuration.layouts.get('Default');
  assert.ok(layout !== undefined);
  return { ...layout, suites: layout.suites.map((suite) => ({ ...suite, rollbacks })) };
};

/** As many versions as unstable and its rollbacks hold. */
const afterTwo = async (test: Parameters<typeof afterSome>[0], rollbacks = 1) => {
  const at = await afterSome(
    test,
    Array.from({ length: rollbacks + 1 }, (_, n) => n + 1),
    rollbacks,
  );
  return {
    ...at,
    listed: async () => {
      const rows: readonly { readonly distribution: string; readonly version: string }[] = await at.run('list', {
        pattern: 'hello',
        'with-rollbacks': 'true',
        type: 'dsc',
      });
      return rows.map(({ distribution, version }) => `${distribution} ${version}`);
    },
    dayLater: async () => {
      const daemon = await at.later(1);
      at.on.clock.advance(120_000);
      return daemon;
    },
    dsc: (n: number) => filesOfVersion(at.daemon(), n)[0]?.sha256 ?? '',
    earlier: () => heldEarlier(at.daemon().world.contents, unstable as DistributionName, 0).map((held) => held.version),
  };
};

const both: readonly string[] = [`${unstable} ${v(2)}`, `${unstable}-rollback0 ${v(1)}`];

describe('A codename that a repository has no more', () => {
  it('holds nothing that anybody is shown, and again what it held when it comes back soon', async (test) => {
    const { daemon, listed, run, refusedBy } = await afterTwo(test);
    assert.deepEqual(await listed(), both);
    await daemon().configure(withoutTrixie);
    assert.deepEqual(await listed(), []);
    assert.equal(await refusedBy('show', { package: 'hello' }), 'no-package');
    await daemon().configure(acmeConfigured);
    assert.deepEqual(await listed(), both);
    const [row]: readonly { readonly version: Version }[] = await run('show', { package: 'hello' });
    assert.equal(row?.version, v(2));
  });

  it('keeps no file from being withdrawn, and does not bring it back', async (test) => {
    const { on, daemon, listed, run, refusedBy, until, dsc } = await afterTwo(test);
    assert.equal(await refusedBy('withdraw', { file: dsc(2), reason: 'not ours' }), 'still-held');
    await daemon().configure(withoutTrixie);
    for (const n of [1, 2]) await run('withdraw', { file: dsc(n), reason: 'not ours' });
    await until(() => isCleared(daemon()));
    for (const n of [1, 2]) assert.equal(await on.files.has(dsc(n) as never), false);
    await daemon().configure(acmeConfigured);
    assert.deepEqual(await listed(), []);
    assert.deepEqual(daemon().faults, []);
  });

  it('keeps no files from retention, a day after it went', async (test) => {
    const { on, daemon, dayLater, listed, run, until } = await afterTwo(test);
    await run('retention', { repository: acme, versions: '1' });
    await daemon().configure(withoutTrixie);
    on.clock.advance(120_000);
    await daemon().rests();
    assert.deepEqual(lostVersions(on), [], 'who took it out by mistake has a day');
    await dayLater();
    await until(() => lostVersions(on).length > 0 && isCleared(daemon()));
    assert.equal(lostVersions(on).length, 1, 'both left at once, and one old version is kept');
    await daemon().configure(acmeConfigured);
    assert.equal((await listed()).length, 1, 'what is kept is there again');
    await daemon().uploads(sourceUpload({ version: v(3) }));
    assert.ok(await until(() => daemon().world.uploads.ended[0]?.status === 'published'));
  });

  it('is no other when the whole repository went', async (test) => {
    const { daemon, refusedBy, run, until, dsc, listed } = await afterTwo(test);
    await run('removerepository', { repository: acme, force: 'true' });
    assert.equal(await refusedBy('show', { package: 'hello' }), 'no-package');
    await run('withdraw', { file: dsc(2), reason: 'not ours' });
    await until(() => isCleared(daemon()));
    await daemon().configure(acmeConfigured);
    assert.deepEqual(await listed(), both.slice(1), 'what was not withdrawn is kept');
  });
});

describe('A rollback deeper than its suite keeps from now on', () => {
  it('is out for good, is nobody in the way, and is let go by retention', async (test) => {
    const { on, daemon, dayLater, listed, run, until, dsc, earlier } = await afterTwo(test, 3);
    assert.equal((await listed()).length, 4);
    const before = depth(daemon(), 3);
    await daemon().configure(depth(daemon(), 1));
    assert.deepEqual(await listed(), [`${unstable} ${v(4)}`, `${unstable}-rollback0 ${v(3)}`]);
    await run('withdraw', { file: dsc(1), reason: 'not ours' });
    await daemon().configure(before);
    assert.deepEqual(earlier(), [v(3)]);
    assert.equal((await listed()).length, 2, 'what fell out stays out');
    await run('retention', { repository: acme, versions: '0' });
    await dayLater();
    await until(() => lostVersions(on).length === 2 && isCleared(daemon()));
    assert.deepEqual(lostVersions(on), [v(1), v(2)]);
    for (const n of [3, 4]) assert.equal(await stored(on, daemon(), n), 'all');
  });
});
