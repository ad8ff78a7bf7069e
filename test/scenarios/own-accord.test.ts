import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { distributionPage } from '../../src/app/pages/distribution-page.ts';
import { sentenceOf } from '../../src/app/why/sentence.ts';
import { resolveDistribution } from '../../src/domain/configuration/configuration.ts';
import { distributionDefaults } from '../../src/domain/configuration/defaults.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { ownAccord } from '../../src/projections/own-accord.ts';
import { asks } from '../support/asks.ts';
import {
  acme,
  acmeConfigured,
  arm64,
  configured,
  distribution,
  hello,
  hello3,
  hello4,
  source,
  trixieConfigured,
  unstable,
} from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { installedBefore } from '../support/installed.ts';
import { sourceUpload } from '../support/source-upload.ts';

const dayMs = 86_400_000;
const testing = 'trixie-acme-testing';

/** What lies in unstable for so many days migrates by itself; a failed lintian is for the record. */
const afterDays = (days: number): readonly DaemonEvent[] => [
  ...configured.map((event): DaemonEvent => {
    if (event === trixieConfigured)
      return {
        ...trixieConfigured,
        checks: { ...distributionDefaults.checks, lintian: { mode: 'ignore', options: [] } },
      };
    return event.type === 'LayoutConfigured' && event.layout === 'Default'
      ? {
          ...event,
          suites: event.suites.map((each) => (each.suite === 'unstable' ? { ...each, migratesAfterDays: days } : each)),
        }
      : event;
  }),
  { type: 'EngineStarted' },
];

const isPublished = ({ world }: Daemon): boolean =>
  world.uploads.open.size === 0 &&
  world.publications.get(acme)?.published?.upTo === world.publications.get(acme)?.content;

const withHello = async (test: TestContext, days = 5, prepare: (on: Machine) => void = () => {}) => {
  const on = await machine(test, afterDays(days));
  prepare(on);
  let daemon = await boot(on);
  test.after(() => daemon.kill());
  const upload = async (version = hello3) => {
    await daemon.uploads(sourceUpload({ version }));
    await daemon.until(({ uploads }) => uploads.ended.some((each) => each.status === 'published'));
    await daemon.until(() => isPublished(daemon));
  };
  await upload();
  /** Days pass while nobody is there, and the daemon looks again. */
  const later = async (by: number) => {
    await daemon.kill();
    on.clock.advance(by * dayMs);
    daemon = await boot(on);
    on.clock.advance(61_000);
    await daemon.rests();
  };
  const row = async () => {
    const asked = { repository: acme, distribution: unstable, at: undefined, name: '', sort: 'name', page: 1 } as const;
    const page = distributionPage(daemon.world, daemon.engine.snapshots);
    const found = await page({ ...asked, from: '127.0.0.1' });
    assert.ok(found?._tag === 'Right');
    return found.right.items[0]?.byItself;
  };
  return { on, daemon: () => daemon, upload, later, row, migrated: () => eventsOf(on, 'PackageMigrated') };
};

/** What is found where somebody examines what can be installed, with `hello` among it or not. */
const examining = (on: Machine, find: (hasIt: boolean) => ReturnType<Machine['installability']['examine']>): void => {
  Object.assign(on.installability, {
    examine: ({ packages }: { readonly packages: Buffer }) => find(packages.includes('Package: hello\n')),
  });
};

describe('A version that lies long enough', () => {
  it('migrates by itself after its days, once, and says why', async (test) => {
    const { on, later, row, migrated, daemon } = await withHello(test);
    const [publication] = (daemon().world.published.get(acme) ?? []).slice(-1);
    assert.ok(publication !== undefined);
    const due = new Date(Date.parse(publication.at) + 5 * dayMs).toISOString().slice(0, 10);
    assert.equal(await row(), `migrates by itself on ${due}`);
    await later(4);
    assert.deepEqual(migrated(), []);
    await later(1);
    assert.deepEqual(
      migrated().map(({ version, from, to }) => [version, from, to]),
      [[hello3, unstable, testing]],
    );
    const [aged] = eventsOf(on, 'PackageAged');
    assert.deepEqual([aged?.lay, aged?.asked, aged?.publication], [5, 5, publication.id]);
    assert.match(
      aged === undefined ? '' : (sentenceOf(aged) ?? ''),
      /^lay 5 days in trixie-acme-unstable since publication/,
    );
    assert.equal(await row(), undefined);
    await later(10);
    await later(10);
    assert.deepEqual([migrated().length, eventsOf(on, 'PackageAged').length], [1, 1]);
  });

  it('does not where nobody said after how many days', async (test) => {
    const { later, migrated, row } = await withHello(test, 0);
    assert.equal(await row(), undefined);
    await later(1000);
    assert.deepEqual(migrated(), []);
  });

  it('stays for a check that failed, and says so', async (test) => {
    const { later, migrated, row } = await withHello(test, 5, (on) =>
      on.checker.behave(() => [{ severity: 'error', tag: 'no-copyright-file', about: 'hello' }]),
    );
    assert.match((await row()) ?? '', /^does not migrate by itself: failed checks: lintian on amd64/);
    await later(50);
    assert.deepEqual(migrated(), []);
  });

  it('does not come back where somebody took it out, until somebody brings it there', async (test) => {
    const { daemon, later, migrated, row } = await withHello(test);
    await later(5);
    await asks(daemon(), 'remove', { package: 'hello', distribution: testing });
    await later(50);
    assert.equal(migrated().length, 1);
    assert.match((await row()) ?? '', /: trixie-acme-testing had it, and it was taken out on /);
    await asks(daemon(), 'migrate', { package: 'hello', distribution: unstable });
    assert.equal(await row(), undefined);
  });

  it('does not go over what was rebuilt where it came to, until it is rebuilt higher itself', async (test) => {
    const { on, daemon, later, migrated, row } = await withHello(test);
    await later(5);
    const rebuilt = async (where: string, times: number) => {
      await asks(daemon(), 'binnmu', { distribution: where, package: 'hello', reason: 'Rebuild against libfoo 2' });
      await daemon().until(({ binNmus }) => binNmus.ended.length === times);
      await daemon().until(() => isPublished(daemon()));
    };
    const ofTesting = () =>
      on.archive
        .seen(acme)
        ?.distributions.find(({ name }) => name === testing)
        ?.holds[0]?.binaries.flatMap(({ architecture, version }) => (architecture === 'all' ? [] : [version]));
    await rebuilt(testing, 1);
    assert.equal(await row(), undefined);
    await later(50);
    assert.equal(migrated().length, 1);
    assert.deepEqual(new Set(ofTesting()), new Set([`${hello3}+b1`]));
    await rebuilt(unstable, 2);
    assert.match((await row()) ?? '', /^migrates by itself on /);
    await later(50);
    assert.equal(migrated().length, 2);
    await daemon().until(() => isPublished(daemon()));
    assert.deepEqual(new Set(ofTesting()), new Set([`${hello3}+b2`]));
  });

  it('begins its days anew with another version', async (test) => {
    const { later, migrated, upload } = await withHello(test);
    await later(4);
    await upload(hello4);
    await later(4);
    assert.deepEqual(migrated(), []);
    await later(2);
    assert.deepEqual(
      migrated().map(({ version }) => version),
      [hello4],
    );
  });

  it('rests for a day where its repository refuses what could not be installed any more', async (test) => {
    const { on, daemon, later, migrated } = await withHello(test);
    await daemon().configure({ ...acmeConfigured, installability: 'refuse' });
    let looked = 0;
    const needs = { package: 'hello', version: hello3, because: 'greet is nowhere' };
    let isBroken = true;
    examining(on, async (hasIt) => {
      looked += 1;
      return { broken: isBroken && hasIt ? [needs] : [] };
    });
    await later(5);
    assert.deepEqual([migrated(), looked > 0], [[], true]);
    assert.match(String(daemon().faults.find((each) => each.duty === 'migrate-aged')?.error), /greet is nowhere/);
    const before = looked;
    on.clock.leap(20 * 3_600_000);
    await daemon().rests();
    assert.equal(looked, before);
    isBroken = false;
    on.clock.leap(5 * 3_600_000);
    await daemon().rests();
    assert.equal(migrated().length, 1);
  });

  it('rests, too, where its repository refuses and nobody can examine it', async (test) => {
    const { on, daemon, later, migrated } = await withHello(test);
    await daemon().configure({ ...acmeConfigured, installability: 'refuse' });
    let isAway = true;
    examining(on, async () => (isAway ? { unknown: 'dose is not there' } : { broken: [] }));
    await later(5);
    assert.deepEqual(migrated(), []);
    assert.match(String(daemon().faults.find((each) => each.duty === 'migrate-aged')?.error), /dose is not there/);
    isAway = false;
    on.clock.leap(25 * 3_600_000);
    await daemon().rests();
    assert.equal(migrated().length, 1);
  });

  it('is not examined where nothing is refused', async (test) => {
    const { on, daemon, later, migrated } = await withHello(test);
    await daemon().configure({ ...acmeConfigured, installability: 'warn' });
    examining(on, async () => assert.fail('nobody reads what is found'));
    await later(5);
    assert.equal(migrated().length, 1);
  });

  it('stays where the clock is set back while it is looked at', async (test) => {
    const { on, daemon, later, migrated } = await withHello(test);
    await daemon().configure({ ...acmeConfigured, installability: 'refuse' });
    let looked = 0;
    examining(on, async () => {
      looked += 1;
      if (looked === 1) on.clock.leap(-20 * dayMs);
      return { broken: [] };
    });
    await later(5);
    assert.ok(looked > 0);
    assert.deepEqual([migrated(), eventsOf(on, 'PackageAged')], [[], []]);
  });

  it('rests for an hour where to examine it fails', async (test) => {
    const { on, daemon, later, migrated } = await withHello(test);
    await daemon().configure({ ...acmeConfigured, installability: 'refuse' });
    let looked = 0;
    examining(on, async () => {
      looked += 1;
      if (looked === 1) throw new Error('the disk is full');
      return { broken: [] };
    });
    await later(5);
    assert.deepEqual([migrated().length, looked], [0, 1]);
    assert.match(String(daemon().faults.find((each) => each.duty === 'migrate-aged')?.error), /hello .*disk is full/);
    on.clock.leap(2 * 3_600_000);
    await daemon().rests();
    assert.equal(migrated().length, 1);
  });

  it('begins its days anew where its place was taken away and came back', async (test) => {
    const { on, daemon, later, row, migrated } = await withHello(test);
    await later(4);
    await daemon().configure({ ...acmeConfigured, codenames: [] });
    await daemon().configure(acmeConfigured);
    const due = new Date(on.clock.now() + 5 * dayMs).toISOString().slice(0, 10);
    assert.equal(await row(), `migrates by itself on ${due}`);
    await later(4);
    assert.deepEqual(migrated(), []);
    await later(2);
    assert.equal(migrated().length, 1);
  });

  for (const [there, because] of [
    [{ source: hello, version: hello4 }, `${testing} has ${hello4}, which is higher`],
    [{ source: source('greet'), version: hello3 }, `${testing} has the binary package hello from the source greet`],
  ] as const) {
    it(`says that it stays, since ${because}`, async (test) => {
      const on = await machine(test, afterDays(5));
      await installedBefore(on, there.source, there.version, distribution(testing), ['hello']);
      await installedBefore(on, hello, hello3, unstable);
      const daemon = await boot(on);
      test.after(() => daemon.kill());
      await daemon.until(() => isPublished(daemon));
      const target = resolveDistribution(daemon.world.configuration, unstable);
      const held = daemon.world.contents.shelves.get(unstable)?.slots.get(hello)?.present;
      assert.ok(target._tag === 'Right' && held !== undefined);
      assert.deepEqual(ownAccord(daemon.world, target.right, held), { state: 'stays', because });
    });
  }

  it('takes no architecture from where it would go', async (test) => {
    const on = await machine(test, afterDays(5));
    await installedBefore(on, hello, hello3, unstable);
    const daemon = await boot(on);
    test.after(() => daemon.kill());
    await daemon.until(() => isPublished(daemon));
    await asks(daemon, 'migrate', { package: 'hello', distribution: unstable });
    const there = daemon.world.contents.shelves.get(distribution(testing))?.slots.get(hello)?.present;
    const [binary] = there?.binaries ?? [];
    assert.ok(there !== undefined && binary !== undefined);
    const target = resolveDistribution(daemon.world.configuration, unstable);
    assert.ok(target._tag === 'Right');
    const next = { ...there, version: hello4, binaries: [{ ...binary, architecture: arm64 }] };
    assert.deepEqual(ownAccord(daemon.world, target.right, next), {
      state: 'stays',
      because: `nothing is built for amd64, as ${hello3} in trixie-acme-testing is`,
    });
  });

  it('migrates once wherever the power fails', async (test) => {
    const deaths: string[] = [];
    for (const when of ['before', 'after'] as const)
      for (let n = 1; n <= 4; n += 1) {
        const { on, daemon, later, migrated } = await withHello(test);
        await daemon().kill();
        on.clock.advance(5 * dayMs);
        const dying = await boot(on, { n, when });
        on.clock.advance(61_000);
        await dying.rests();
        deaths.push(dying.isDead() ? (dying.steps.at(-1) ?? '') : 'none');
        await dying.kill();
        await later(0);
        await later(1);
        assert.deepEqual([migrated().length, eventsOf(on, 'PackageAged').length], [1, 1], `${n} ${when}`);
      }
    assert.ok(deaths.includes('log.append'), deaths.join());
  });
});
