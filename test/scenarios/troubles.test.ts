import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whyWaiting } from '../../src/projections/waiting-reason.ts';
import { acme, acmeConfigured, arm64, configured, hello3, unstable, version } from '../support/fixed-examples.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const place = { builder: 'ernie', room: 4, tags: [] };

describe('The daemon', () => {
  it('fails a build that no attempt could run, after three of them', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(({ architecture }) => (architecture === arm64 ? 'rejects' : 'succeeds'));
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'failed');
    assert.deepEqual(
      on.builder.runs.filter(({ architecture }) => architecture === arm64).map(({ attempt }) => attempt),
      [1, 2, 3],
    );
    assert.equal(
      eventsOf(on, 'BuildFailed')[0]?.fact,
      'given back 3 times, the last time because: no session: the disk is full',
    );
  });

  it('goes on publishing after the archive failed, and says once why', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.rests();
    on.archive.fail(3, 'reprepro: no space left on device');
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    assert.deepEqual(
      eventsOf(on, 'PublishFailed').map(({ fact }) => fact),
      ['reprepro: no space left on device'],
    );
    assert.deepEqual(
      daemon.faults.map(({ duty, againInMs }) => [duty, againInMs]),
      [
        ['publish', 1000],
        ['publish', 2000],
        ['publish', 4000],
      ],
    );
    assert.equal(daemon.world.publications.get(acme)?.failure, undefined);
  });

  it('takes uploads while its engine is stopped, builds none, and says why', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.configure({ type: 'EngineStopped', reason: 'the power plant is being serviced' });
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.open.size === 2);
    await daemon.rests();
    assert.equal(on.builder.runs.length, 0);
    const [build] = daemon.world.builds.open.values();
    assert.equal(build && whyWaiting(build, daemon.world, place), 'the engine is stopped');
    await daemon.kill();

    const again = await boot(on);
    await again.rests();
    assert.equal(on.builder.runs.length, 0, 'it is still stopped after a restart');
    await again.configure({ type: 'EngineStarted' });
    await again.until(({ uploads }) => uploads.ended[0]?.status === 'published');
  });

  it('waits for a chroot that cannot be prepared, says why, and goes on when it can', async (test) => {
    const on = await machine(test, [
      ...configured.filter(({ type }) => type !== 'ChrootConfigured'),
      { type: 'EngineStarted' },
    ]);
    on.chroots.behave(() => ({ outcome: 'failed', stage: 'download', fact: 'deb.debian.example.org is unreachable' }));
    const daemon = await boot(on);
    for (const event of configured) if (event.type === 'ChrootConfigured') await daemon.configure(event);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.open.size === 2);
    await daemon.rests();
    const [build] = daemon.world.builds.open.values();
    assert.equal(
      build && whyWaiting(build, daemon.world, place),
      'the chroot for trixie/amd64 could not be prepared (download: deb.debian.example.org is unreachable)',
    );
    assert.equal(on.builder.runs.length, 0);
    assert.equal(on.chroots.prepared.length, 2, 'it rests for a while after a failure');

    on.chroots.behave(() => ({ outcome: 'prepared', generation: '7', seconds: 31.4 }));
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    assert.equal(eventsOf(on, 'ChrootFailed').length, 2);
  });

  it('publishes a burst of 50 uploads in few publications', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.rests();
    const before = on.archive.publications();
    on.archive.takes(60_000);
    const uploads = Array.from({ length: 50 }, (_, n) => sourceUpload({ source: `hello${n}` }));
    await Promise.all(uploads.map(daemon.uploads));
    await daemon.until(({ uploads: { ended } }) => ended.filter(({ status }) => status === 'published').length === 50);
    const publications = on.archive.publications() - before;
    test.diagnostic(`${publications} publications`);
    assert.ok(publications <= 5, `${publications} publications`);
    assert.equal(on.archive.seen(acme)?.distributions.find(({ name }) => name === unstable)?.holds.length, 50);
    assert.ok(on.builder.mostAtOnce() <= 4, 'no more builds at once than there is room for');
  });

  it('gives back what it was building when it is stopped, and builds it in its next life', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'hangs');
    await daemon.uploads(sourceUpload());
    await daemon.until(
      ({ builds }) => [...builds.open.values()].every(({ status }) => status === 'building') && builds.open.size === 2,
    );
    await daemon.engine.stop();
    assert.deepEqual(
      eventsOf(on, 'BuildInterrupted').map(({ reason }) => reason),
      ['the daemon was stopped', 'the daemon was stopped'],
    );
    await daemon.kill();

    on.builder.behave(() => 'succeeds');
    const again = await boot(on);
    await again.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    assert.deepEqual(
      eventsOf(on, 'BuildSucceeded').map(({ attempt }) => attempt),
      [2, 2],
    );
  });

  it('takes an upload whose tarball is in the pool', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    await daemon.uploads(sourceUpload({ version: version('2.10-4~acme13+1'), withOrig: false }));
    await daemon.until(() => eventsOf(on, 'PackageInstalled').length === 2);
    const [first, second] = eventsOf(on, 'PackageInstalled');
    assert.deepEqual(second?.sources[0], first?.sources[0]);
  });

  it('keeps a build whose distribution is not configured any more, says why, and builds it when it is again', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.chroots.behave(() => undefined);
    await daemon.configure({ type: 'EngineStopped', reason: 'a change of plans' });
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.open.size === 2);
    await daemon.configure({ ...acmeConfigured, codenames: [] });
    await daemon.configure({ type: 'EngineStarted' });
    on.chroots.behave(() => ({ outcome: 'prepared', generation: '7', seconds: 31.4 }));
    await daemon.rests();
    const [build] = daemon.world.builds.open.values();
    assert.equal(
      build && whyWaiting(build, daemon.world, place),
      'repository acme has no distribution trixie any more',
    );
    assert.equal(on.builder.runs.length, 0);
    await daemon.configure(acmeConfigured);
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
  });

  it('keeps a result that the log does not take for a while, instead of building again', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.rests();
    on.builder.behave(() => {
      if (on.outage.until === 0) on.outage.until = on.clock.now() + 300_000;
      return 'succeeds';
    });
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    assert.equal(on.builder.runs.length, 2);
    assert.equal(daemon.world.contents.shelves.get(unstable)?.slots.size, 1);
    assert.equal(eventsOf(on, 'PackageInstalled')[0]?.version, hello3);
  });
});
