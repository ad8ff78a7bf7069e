import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { nobodyKnown } from '../../src/app/accounts/doers.ts';
import { packagePage } from '../../src/app/pages/package-page.ts';
import { searchPackages } from '../../src/app/pages/search.ts';
import { anonymous, type Caller } from '../../src/domain/account/caller.ts';
import type { SourceName, Version } from '../../src/domain/debian/names.ts';
import type { Position } from '../../src/ports/event-log.ts';
import { hello, maintainer } from '../support/fixed-examples.ts';
import { boot, type Daemon, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const admin: Caller = { actor: { kind: 'administrator', name: 'host' }, privilege: 'admin', shown: 'nothing' };

const isDone = ({ until }: Daemon) => until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);

const ask = (on: Machine, { world }: Daemon, caller: Caller, source = hello, before?: Position) =>
  packagePage(world, openMemoryLog(on.store, on.clock.now), nobodyKnown)({ source, before, caller });

const seen = async (...given: Parameters<typeof ask>) => {
  const page = await ask(...given);
  assert.ok(page !== undefined);
  return page;
};

describe('The page of a package', () => {
  it('shows who is in each suite since when, and who was', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    await daemon.uploads(sourceUpload({ version: '2.11-1~acme13+1' as Version }));
    await isDone(daemon);
    const given = { package: 'hello', distribution: 'trixie-acme-unstable' };
    const migrated = await daemon.engine.api.run('migrate', given, admin);
    assert.ok(isRight(migrated), JSON.stringify(migrated));
    const { repositories } = await seen(on, daemon, anonymous);
    const at = (suite: string) => repositories[0]?.places.find((place) => place.suite === suite);
    assert.equal(at('unstable')?.present?.version, '2.11-1~acme13+1');
    assert.deepEqual(
      at('unstable')?.earlier.map(({ version }) => version),
      ['2.10-3~acme13+1'],
    );
    assert.equal(at('unstable')?.migratesTo, 'testing');
    assert.equal(at('testing')?.present?.version, '2.11-1~acme13+1');
    assert.match(at('testing')?.present?.since ?? '', /^\d{4}-/);
    assert.equal(at('stable')?.present, undefined);
    await daemon.kill();
  });

  it('tells what became of its last uploads, and what stood where from when to when', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    await daemon.engine.api.run('migrate', { package: 'hello', distribution: 'trixie-acme-unstable' }, admin);
    on.builder.behave(() => 'fails');
    await daemon.uploads(sourceUpload({ version: '2.11-1~acme13+1' as Version }));
    await isDone(daemon);
    await daemon.uploads(sourceUpload({ version: '2.11-1~acme13+1' as Version }));
    await isDone(daemon);
    await daemon.uploads(sourceUpload({ version: '2.12-1~acme13+1' as Version, signedBy: null }));
    await daemon.engine.api.run('remove', { package: 'hello', distribution: 'trixie-acme-unstable' }, admin);
    await daemon.rests();
    const { uploads, repositories } = await seen(on, daemon, anonymous);
    assert.deepEqual(
      uploads.map(({ version, state, canRetry, builds }) => [
        version,
        state,
        canRetry,
        builds.map((each) => each.state),
      ]),
      [
        ['2.12-1~acme13+1', 'rejected', false, []],
        ['2.11-1~acme13+1', 'failed', true, ['failed', 'failed']],
        ['2.11-1~acme13+1', 'failed', false, ['failed', 'failed']],
        ['2.10-3~acme13+1', 'installed', false, ['built', 'built']],
      ],
    );
    assert.match(uploads[1]?.note ?? '', /not built on amd64/);
    assert.match(uploads[3]?.changes ?? '', /^hello_2\.10-3~acme13\+1_source\.changes$/);
    assert.deepEqual(
      repositories[0]?.stays.map(({ distribution, version, until }) => [distribution, version, until !== undefined]),
      [
        ['trixie-acme-unstable', '2.10-3~acme13+1', true],
        ['trixie-acme-testing', '2.10-3~acme13+1', false],
      ],
    );
    await daemon.kill();
  });

  it('says why something does not migrate', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    for (const version of ['2.11-1~acme13+1', '2.10-3~acme13+1'] as Version[]) {
      await daemon.uploads(sourceUpload({ version }));
      await isDone(daemon);
      await daemon.engine.api.run('migrate', { package: 'hello', distribution: 'trixie-acme-unstable' }, admin);
      if (version.startsWith('2.11')) {
        const { repositories } = await seen(on, daemon, anonymous);
        assert.match(repositories[0]?.places.find(({ suite }) => suite === 'unstable')?.stays ?? '', /has it already/);
        const given = { package: 'hello', distribution: 'trixie-acme-unstable' };
        assert.ok(isRight(await daemon.engine.api.run('remove', given, admin)));
      }
    }
    const { repositories } = await seen(on, daemon, anonymous);
    const at = (suite: string) => repositories[0]?.places.find((place) => place.suite === suite);
    assert.match(at('unstable')?.stays ?? '', /testing has 2\.11-1~acme13\+1, which is higher/);
    assert.equal(at('testing')?.stays, undefined);
    assert.match(at('stable')?.architectures.join() ?? '', /^$/);
    assert.deepEqual(at('testing')?.architectures, ['all', 'amd64', 'arm64']);
    await daemon.kill();
  });

  it('tells its whole story in pages, and names nobody to strangers', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    for (let n = 1; n < 6; n += 1) {
      await daemon.uploads(sourceUpload({ version: `2.1${n}-1~acme13+1` as Version }));
      await isDone(daemon);
    }
    const types: string[] = [];
    let before: Position | undefined;
    do {
      const page = await seen(on, daemon, anonymous, hello, before);
      assert.equal(page.isFirst, before === undefined);
      assert.ok(!JSON.stringify(page.happenings).includes(maintainer));
      types.push(...page.happenings.map(({ type }) => type));
      before = page.next;
    } while (before !== undefined);
    assert.equal(types.at(-1), 'UploadReceived');
    assert.equal(types.filter((type) => type === 'PackageInstalled').length, 5);
    assert.ok(types.length > 40);
    const whole = await daemon.engine.api.run('history', { package: 'hello', limit: '500' }, anonymous);
    assert.ok(isRight(whole));
    assert.deepEqual(
      (whole.right.json as { events: { type: string }[] }).events.map(({ type }) => type),
      types,
    );
    await daemon.kill();
  });

  it('is there for what was only ever rejected, and not for what never came', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'fails');
    await daemon.uploads(sourceUpload({ source: 'bye' }));
    await isDone(daemon);
    const bye = await seen(on, daemon, anonymous, 'bye' as SourceName);
    assert.deepEqual(bye.repositories, []);
    assert.ok(bye.happenings.some(({ type }) => type === 'BuildFailed'));
    assert.equal(await ask(on, daemon, anonymous, 'gcc' as SourceName), undefined);
    assert.deepEqual(searchPackages(daemon.world)('by'), {
      page: 1,
      pages: 1,
      names: ['bye'],
      found: 1,
      isKnown: false,
    });
    await daemon.kill();
  });
});

describe('The search for a package', () => {
  it('finds by a part of the name, what begins with it first, and at 10,000 packages no more than a page', () => {
    const packages = new Map(Array.from({ length: 10_000 }, (_, n) => [`acme lib${n}-foo`, undefined as never]));
    packages.set('acme foo', undefined as never);
    packages.set('other foo-tools', undefined as never);
    const world = { contents: { packages }, uploads: { open: new Map(), ended: [] } };
    const search = searchPackages(world as never);
    const { names, found, isKnown } = search('foo');
    assert.deepEqual(names.slice(0, 3), ['foo', 'foo-tools', 'lib0-foo']);
    assert.equal(names.length, 36);
    assert.equal(found, 10_002);
    assert.ok(isKnown);
    assert.deepEqual(search('foo', 278).names.slice(-2), ['lib9998-foo', 'lib9999-foo']);
    assert.deepEqual(search('nothing'), { page: 1, pages: 1, names: [], found: 0, isKnown: false });
  });
});
