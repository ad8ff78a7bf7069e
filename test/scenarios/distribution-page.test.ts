import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { comparisonPage } from '../../src/app/pages/comparison-page.ts';
import { distributionPage } from '../../src/app/pages/distribution-page.ts';
import { distributionThen } from '../../src/app/pages/distribution-then.ts';
import { nthPublication } from '../../src/app/pages/when.ts';
import { instant } from '../../src/domain/codec.ts';
import { everyDistribution } from '../../src/domain/configuration/configuration.ts';
import type { RepositoryId, SourceName } from '../../src/domain/debian/names.ts';
import { asks } from '../support/asks.ts';
import { acme, distribution, hello3, hello4, unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const testing = distribution('trixie-acme-testing');
const rollback = distribution('trixie-acme-unstable-rollback0');
const list = { repository: acme, name: '', sort: 'name', page: 1, from: '127.0.0.1' } as const;

const published = ({ until }: Daemon, count: number) =>
  until(({ published, uploads }) => published.get(acme)?.length === count && uploads.open.size === 0);

/** hello was uploaded, migrated, and uploaded anew; each was published, days apart. */
const twoVersions = async (test: TestContext) => {
  const on = await machine(test);
  const daemon = await boot(on);
  test.after(daemon.kill);
  const count = () => daemon.world.published.get(acme)?.length ?? 0;
  await daemon.uploads(sourceUpload());
  await daemon.until(({ uploads }) => uploads.open.size === 0);
  on.clock.advance(60_000);
  const before = count();
  await asks(daemon, 'migrate', { package: 'hello', distribution: unstable });
  await published(daemon, before + 1);
  on.clock.advance(60_000);
  await daemon.uploads(sourceUpload({ version: hello4 }));
  await published(daemon, before + 2);
  return daemon;
};

describe('The page of a distribution', () => {
  it('is told of by history as apt saw it by then, as an apt source', async (test) => {
    const { world } = await twoVersions(test);
    const all = world.published.get(acme) ?? [];
    const [first, earlier] = [all[0], all.at(-2)];
    assert.ok(first !== undefined && earlier !== undefined);
    const then = distributionThen(world, unstable, instant(Date.parse(earlier.at) + 1));
    assert.deepEqual([then?.when.nth, then?.when.of], [all.length - 1, all.length]);
    assert.ok(then?.sources?.oneLine.includes(`/snapshots/acme/${then.when.time} `), then?.sources?.oneLine);
    const now = distributionThen(world, unstable, undefined);
    assert.deepEqual([now?.when.time, now?.when.nth], [undefined, all.length]);
    assert.ok(now?.sources !== undefined);
    const before = distributionThen(world, unstable, instant(Date.parse(first.at) - 1));
    assert.deepEqual([before?.sources, before !== undefined], [undefined, true]);
    for (const name of ['trixie-other-unstable', 'trixie-acme-unstable-rollback99', '<b>'])
      assert.equal(distributionThen(world, name, undefined), undefined);
    assert.ok(everyDistribution(world.configuration).includes(unstable));
  });

  it('shows it now, its rollbacks, and how to use and upload to it', async (test) => {
    const { world, engine } = await twoVersions(test);
    const page = distributionPage(world, engine.snapshots);
    const now = await page({ ...list, distribution: unstable, at: undefined });
    assert.ok(now !== undefined && isRight(now));
    assert.deepEqual(
      now.right.items.map(({ source, version, architectures }) => [source, version, architectures]),
      [['hello', hello4, ['all', 'amd64', 'arm64']]],
    );
    assert.equal(now.right.migratesTo, testing);
    assert.match(now.right.dput ?? '', /^\[mini-buildd-acme\]\nmethod {3}= ftp/);
    assert.match(now.right.sources[0]?.deb822 ?? '', /Suites: trixie-acme-unstable\n.*Signed-By: \//s);
    assert.match(now.right.sources[1]?.oneLine ?? '', / trixie-acme-unstable-rollback0 main/);
    assert.equal(now.right.past, undefined);
    const earlier = await page({ ...list, distribution: rollback, at: undefined });
    assert.ok(earlier !== undefined && isRight(earlier));
    assert.equal(earlier.right.items[0]?.version, hello3);
    assert.equal(earlier.right.dput, undefined);
    const never = { ...list, distribution: distribution('trixie-acme-unstable-rollback99'), at: undefined };
    assert.equal(await page(never), undefined);
    assert.equal(
      await page({ ...list, repository: 'other' as RepositoryId, distribution: unstable, at: undefined }),
      undefined,
    );
  });

  it('shows it as apt saw it, with its snapshot source, and goes from publication to publication', async (test) => {
    const { world, engine } = await twoVersions(test);
    const page = distributionPage(world, engine.snapshots);
    const all = world.published.get(acme) ?? [];
    const seen: string[] = [];
    let at = nthPublication(world)(acme, 99)?.time;
    while (at !== undefined) {
      const then = await page({ ...list, distribution: unstable, at });
      assert.ok(then !== undefined && isRight(then), JSON.stringify(then));
      seen.unshift(then.right.items[0]?.version ?? 'nothing');
      assert.match(then.right.past?.deb822 ?? '', new RegExp(`URIs: \\S+/snapshots/acme/${at}\n`));
      at = then.right.when.earlier?.time;
    }
    assert.equal(seen.length, all.length);
    assert.deepEqual(new Set(seen), new Set(['nothing', hello3, hello4].filter((each) => seen.includes(each))));
    assert.deepEqual(seen.slice(-3), [hello3, hello3, hello4]);
    const refused = await page({ ...list, distribution: unstable, at: 'yesterday?' });
    assert.ok(refused !== undefined && isLeft(refused));
    assert.equal(refused.left.because.rule, 'malformed-time');
  });

  it('finds, sorts and pages 10,000 packages, by names of binary packages too', async (test) => {
    const { world, engine } = await twoVersions(test);
    const shelf = world.contents.shelves.get(unstable);
    const held = shelf?.slots.get('hello' as SourceName)?.present;
    assert.ok(shelf !== undefined && held !== undefined);
    for (let n = 0; n < 9999; n += 1) {
      const source = `lib${String(n).padStart(4, '0')}` as SourceName;
      shelf.slots.set(source, { present: { ...held, source, binaries: [] }, earlier: [] });
    }
    const page = distributionPage(world, engine.snapshots);
    const ask = async (more: object) => {
      const found = await page({ ...list, distribution: unstable, at: undefined, ...more });
      assert.ok(found !== undefined && isRight(found));
      return found.right;
    };
    assert.deepEqual([(await ask({})).found, (await ask({})).pages], [10_000, 278]);
    assert.equal((await ask({ sort: 'name-back' })).items[0]?.source, 'lib9998');
    assert.equal((await ask({ sort: 'changes' })).items[0]?.source, 'hello');
    const [latest, never] = (await ask({ sort: 'changed' })).items;
    assert.deepEqual([latest?.source, never?.source, never?.since], ['hello', 'lib0000', undefined]);
    assert.ok(Date.parse(latest?.since ?? '') <= Date.now());
    assert.equal((await ask({ sort: 'changed-back', page: 278 })).items.at(-1)?.source, 'hello');
    assert.equal((await ask({ page: 999_999 })).page, 278);
    assert.deepEqual((await ask({ name: 'lib12' })).found, 100);
    assert.equal((await ask({ name: held.binaries[0]?.package ?? '?' })).items[0]?.source, 'hello');
  });
});

describe('A comparison', () => {
  it('tells which versions differ between two suites, and what only one of them has', async (test) => {
    const daemon = await twoVersions(test);
    await daemon.uploads(sourceUpload({ source: 'bye' }));
    await daemon.until(({ uploads }) => uploads.open.size === 0);
    const { world, engine } = daemon;
    const compare = comparisonPage(world, engine.snapshots);
    const sides = { one: { distribution: unstable, at: undefined }, other: { distribution: testing, at: undefined } };
    const asked = { repository: acme, ...sides, kind: undefined, name: '', page: 1, from: '127.0.0.1' };
    const all = await compare(asked);
    assert.ok(all !== undefined && isRight(all));
    assert.deepEqual(all.right.items, [
      { source: 'bye', kind: 'only-one', one: hello3, other: undefined, newer: undefined, migrates: true },
      { source: 'hello', kind: 'differs', one: hello4, other: hello3, newer: 'one', migrates: true },
    ]);
    assert.deepEqual(all.right.counts, { differs: 1, packages: 0, 'only-one': 1, 'only-other': 0 });
    assert.equal(all.right.same, 0);
    const back = await compare({ ...asked, one: sides.other, other: sides.one, kind: 'only-other' });
    assert.ok(back !== undefined && isRight(back));
    assert.deepEqual(
      back.right.items.map(({ source }) => source),
      ['bye'],
    );
    const way = { from: unstable, to: testing };
    assert.deepEqual([all.right.migration, back.right.migration], [way, way]);
    assert.deepEqual(
      back.right.items.map(({ migrates }) => migrates),
      [true],
    );
    const then = nthPublication(world)(acme, world.published.get(acme)?.length ?? 0)?.time;
    const past = await compare({ ...asked, one: { distribution: unstable, at: then } });
    assert.ok(past !== undefined && isRight(past));
    assert.equal(past.right.migration, undefined);
    assert.deepEqual([past.right.found, past.right.items.some(({ migrates }) => migrates)], [2, false]);
    assert.equal(
      await compare({ ...asked, other: { distribution: distribution('sid-acme-unstable'), at: undefined } }),
      undefined,
    );
  });

  it('tells what changed in one suite between two times', async (test) => {
    const { world, engine } = await twoVersions(test);
    const compare = comparisonPage(world, engine.snapshots);
    const of = world.published.get(acme)?.length ?? 0;
    const at = nthPublication(world)(acme, of - 1)?.time;
    const asked = { repository: acme, kind: undefined, name: '', page: 1, from: '127.0.0.1' };
    const since = await compare({
      ...asked,
      one: { distribution: unstable, at },
      other: { distribution: unstable, at: undefined },
    });
    assert.ok(since !== undefined && isRight(since));
    assert.deepEqual(
      since.right.items.map(({ source, one, other, newer }) => [source, one, other, newer]),
      [['hello', hello3, hello4, 'other']],
    );
    assert.equal(since.right.one.time, at);
    assert.equal(since.right.other.time, undefined);
  });
});
