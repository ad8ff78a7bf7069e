import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { chrootName } from '../../src/domain/configuration/configuration.ts';
import type { Upstream } from '../../src/ports/upstream.ts';
import { versionOf } from '../../src/projections/contents.ts';
import { admin, lostVersions, stored, v, withRollbacks } from '../support/days-go-by.ts';
import { acme, hello } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const hour = 3_600_000;
const day = 24 * hour;
const stride = 12 * hour;
/** Enough for what fell due to be looked at again after what it waited for. */
const tick = 20_000;

/** An instance to which three versions were uploaded in as many days, and then nothing more. */
const left = async (on: Machine, daemon: Daemon): Promise<void> => {
  const told = await daemon.engine.api.run('retention', { repository: acme, versions: '0', days: '30' }, admin);
  assert.ok(isRight(told));
  for (const n of [1, 2, 3]) {
    await daemon.uploads(sourceUpload({ version: v(n), withOrig: n === 1 }));
    await daemon.until(({ contents }) => versionOf(contents, acme, hello, v(n)) !== undefined);
    await passes(on, daemon, day);
  }
};

const passes = async (on: Machine, daemon: Daemon, milliseconds: number): Promise<void> => {
  on.clock.leap(milliseconds);
  await daemon.rests();
  on.clock.leap(tick);
  await daemon.rests();
};

/** What must hold at any moment: nothing that apt sees is near its end, no template is old, nobody need see to anything. */
const isInOrder = ({ world, engine }: Daemon, now: number): void => {
  const at = new Date(now).toISOString();
  const validUntil = world.publications.get(acme)?.published?.validUntil;
  assert.ok(validUntil && Date.parse(validUntil) - now > 6 * day, `${at}: valid until ${validUntil}`);
  for (const { prepared, chroot } of world.templates.values())
    assert.ok(
      prepared !== undefined && now - Date.parse(prepared.preparedAt) < 8 * day,
      `${at}: ${chroot && chrootName(chroot)} of ${prepared?.preparedAt}`,
    );
  assert.deepEqual(engine.concerns(), [], at);
};

const countedUpstream = (given: Upstream) => {
  let looks = 0;
  return {
    looks: () => looks,
    release: (uri: string, suite: string) => {
      looks += 1;
      return given.release(uri, suite);
    },
  };
};

describe('A year without anybody', () => {
  it('lets nothing expire, refreshes what ages, keeps files as retention says, and tells no more than that', async (test) => {
    const made = await machine(test, [...withRollbacks(1), { type: 'EngineStarted' }]);
    const counted = countedUpstream(made.upstream);
    const on: Machine = { ...made, upstream: { ...made.upstream, release: counted.release } };
    let daemon = await boot(on);
    test.after(() => daemon.kill());
    await left(on, daemon);
    const begun = on.clock.now();
    const [publications, looks] = [on.archive.publications(), counted.looks()];
    const events = on.store.events.length;
    for (let passed = 0; passed < 365 * day; passed += stride) {
      await passes(on, daemon, stride - tick);
      isInOrder(daemon, on.clock.now());
      if (passed !== 180 * day) continue;
      // The machine is off for a fortnight: more than templates last, and more than what apt sees was valid for when it went.
      await daemon.kill();
      on.clock.leap(15 * day);
      daemon = await boot(on);
      await passes(on, daemon, tick);
      await passes(on, daemon, tick);
      isInOrder(daemon, on.clock.now());
    }
    const weeks = (on.clock.now() - begun) / (7 * day);
    const renewals = on.archive.publications() - publications;
    assert.ok(renewals >= weeks - 8 && renewals <= weeks + 3, `${renewals} publications in ${weeks} weeks`);
    for (const name of daemon.world.templates.keys()) {
      const refreshed = on.chroots.prepared.filter((each) => each === name).length;
      assert.ok(refreshed >= weeks - 5 && refreshed <= weeks + 5, `${name} was made ${refreshed} times`);
    }
    assert.ok(counted.looks() - looks >= 350 * 2 * daemon.world.sources.size, `${counted.looks() - looks} looks`);
    assert.deepEqual(lostVersions(on), [v(1)], 'what stands somewhere, rollbacks included, stays');
    for (const n of [2, 3]) assert.equal(await stored(on, daemon, n), 'all');
    assert.equal(await stored(on, daemon, 1), 'some', 'its upstream tarball is needed by those that followed');
    assert.deepEqual(eventsOf(on, 'PublishFailed'), []);
    assert.deepEqual(eventsOf(on, 'ExpiryAnnounced'), []);
    const dates = eventsOf(on, 'RepositoryPublished').map(({ date }) => date);
    assert.deepEqual(dates, dates.toSorted());
    const told = on.store.events.length - events;
    assert.ok(told < 1000, `${told} events in a year in which nothing happened`);
  });
});
