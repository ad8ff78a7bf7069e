import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import type { Answer } from '../../src/ports/api.ts';
import { slotOf } from '../../src/projections/contents.ts';
import { acme, amd64, arm64, distribution, source, unstable, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { installedBefore } from '../support/installed.ts';
import { sourceUpload } from '../support/source-upload.ts';

const staff: Caller = { actor: { kind: 'account', name: 'staff' }, privilege: 'staff', shown: 'token' };
const testing = distribution('trixie-acme-testing');
const stable = distribution('trixie-acme-stable');
const first = version('1.0-1~acme13+1');
const second = version('1.0-2~acme13+1');
const reason = 'Rebuild against libfoo 2';

const run = (daemon: Daemon, command: string, given: Readonly<Record<string, string>>) =>
  daemon.engine.api.run(command, given, staff);

const rulesOf = (answer: Either<readonly Refusal[], Answer>): readonly string[] =>
  isLeft(answer) ? answer.left.map(({ rule }) => rule) : [];

const answered = (answer: Either<readonly Refusal[], Answer>): Answer => {
  assert.ok(!isLeft(answer), JSON.stringify(answer));
  return answer.right;
};

const rebuild = async (daemon: Daemon, packages: string, more: Readonly<Record<string, string>> = {}) =>
  answered(
    await run(daemon, 'binnmu', { distribution: unstable, package: packages, architecture: amd64, reason, ...more }),
  );

/** libfoo, greet that is built with it, shout that is built with greet, and docs, which has nothing of an architecture. */
const withPackages = async (on: Machine, only = ['libfoo', 'greet', 'shout', 'docs']): Promise<Daemon> => {
  on.builder.makes('libfoo', ['libfoo1', 'libfoo-dev']);
  on.builder.makes('docs', []);
  on.archive.depends('greet', 'libc6, libfoo1 (>= 1.0)');
  on.archive.depends('shout', 'libfoo1, greet');
  on.archive.depends('libfoo-dev', 'libfoo1 (= 1.0-1~acme13+1)');
  const daemon = await boot(on);
  const needs = {
    libfoo: 'debhelper-compat (= 13)',
    greet: 'libfoo-dev (>= 1.0) <!nocheck>',
    shout: 'greet [amd64], x | y',
  };
  for (const [name, buildDepends] of Object.entries(needs).filter(([each]) => only.includes(each)))
    await daemon.uploads(sourceUpload({ source: name, version: first, dscFields: { 'Build-Depends': buildDepends } }));
  if (only.includes('docs'))
    await daemon.uploads(sourceUpload({ source: 'docs', version: first, architecture: 'all' }));
  await daemon.until(
    ({ uploads }) => uploads.ended.filter(({ status }) => status === 'published').length === only.length,
  );
  return daemon;
};

const ended = (daemon: Daemon) => daemon.until(({ binNmus }) => binNmus.ended.length > 0 && binNmus.open.size === 0);

/** What apt sees of a source in a distribution, but for arm64: package, architecture and version of each. */
const seen = (on: Machine, name: DistributionName, of: string): readonly string[] =>
  (on.archive.seen(acme)?.distributions.find((each) => each.name === name)?.holds ?? [])
    .filter((held) => held.source === of)
    .flatMap(({ binaries }) => binaries.filter(({ architecture }) => architecture !== 'arm64'))
    .map((each) => `${each.package} ${each.architecture} ${each.version}`)
    .sort();

const statuses = (daemon: Daemon): readonly string[] =>
  (daemon.world.binNmus.ended[0] === undefined ? [] : [...daemon.world.binNmus.ended[0].rebuilds.values()]).map(
    ({ planned, status }) => `${planned.source} ${status}`,
  );

describe('A binNMU', () => {
  it('shows by a dry run what is built, in which order, and what is not', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    const { plain, json } = await rebuild(daemon, 'shout,docs,nothing,libfoo,greet', { 'dry-run': 'true' });
    assert.equal(
      plain,
      [
        '1. libfoo 1.0-1~acme13+1 would be built again as 1.0-1~acme13+1+b1 on amd64',
        '2. greet 1.0-1~acme13+1 would be built again as 1.0-1~acme13+1+b1 on amd64, after libfoo',
        '3. shout 1.0-1~acme13+1 would be built again as 1.0-1~acme13+1+b1 on amd64, after greet',
        'left out: docs 1.0-1~acme13+1: it has arch-indep packages only',
        'left out: nothing: trixie-acme-unstable does not have it',
        '',
      ].join('\n'),
    );
    assert.equal((json as { done: boolean }).done, false);
    assert.deepEqual(eventsOf(on, 'BinNmuPlanned'), []);
  });

  it('finds the sources that depend on a package, and says by which of theirs', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    const { plain } = await rebuild(daemon, '', { 'reverse-dependencies-of': 'libfoo1', 'dry-run': 'true' });
    assert.match(plain, /^1\. greet .* on amd64 \(greet depends on libfoo1\)$/m);
    assert.match(plain, /^2\. shout .*, after greet \(shout depends on libfoo1\)$/m);
    assert.doesNotMatch(plain, /libfoo 1\.0/);
  });

  it('builds each once what it needs is installed and seen, and installs it beside what stands', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    const before = on.builder.runs.length;
    await rebuild(daemon, 'shout,libfoo,greet');
    await ended(daemon);
    await daemon.rests();
    const runs = on.builder.runs.slice(before);
    assert.deepEqual(
      runs.map(({ source: of, binNmu, archAll }) => [of, binNmu?.number, binNmu?.reason, archAll]),
      [
        ['libfoo', 1, reason, false],
        ['greet', 1, reason, false],
        ['shout', 1, reason, false],
      ],
    );
    assert.match(runs[0]?.binNmu?.by ?? '', /^mini-buildd archive .* <.*@.*>$/);
    const story = on.store.events.map(({ body }) => body as { type: string; source?: string });
    const at = (type: string, of: string) => story.findIndex((event) => event.type === type && event.source === of);
    const scheduled = at('BinNmuScheduled', 'greet');
    const between = story.slice(at('BinNmuInstalled', 'libfoo'), scheduled);
    assert.ok(
      between.some(({ type }) => type === 'RepositoryPublished'),
      'apt had not seen it',
    );
    assert.deepEqual(seen(on, unstable, 'libfoo'), [
      'libfoo-dev amd64 1.0-1~acme13+1+b1',
      'libfoo-doc all 1.0-1~acme13+1',
      'libfoo1 amd64 1.0-1~acme13+1+b1',
    ]);
    assert.deepEqual(statuses(daemon), ['libfoo installed', 'greet installed', 'shout installed']);
    assert.deepEqual(daemon.faults, []);
  });

  it('is built on every architecture that has packages of it, each for itself', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    on.builder.behave(({ source: of, architecture, binNmu }) =>
      binNmu !== undefined && of === 'libfoo' && architecture === 'arm64' ? 'fails' : 'succeeds',
    );
    const { plain } = await rebuild(daemon, 'libfoo,greet', { architecture: '' });
    assert.match(plain, /^1\. libfoo .* as 1\.0-1~acme13\+1\+b1 on amd64, arm64$/m);
    await ended(daemon);
    const { rebuilds } = daemon.world.binNmus.ended[0] ?? { rebuilds: new Map() };
    assert.deepEqual(
      [...rebuilds.values()].map(({ planned, status }) => `${planned.source} ${planned.architecture} ${status}`),
      ['libfoo amd64 installed', 'libfoo arm64 failed', 'greet amd64 installed', 'greet arm64 dropped'],
    );
  });

  it('counts on above every number that there ever was', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    await rebuild(daemon, 'greet');
    await ended(daemon);
    await daemon.uploads(sourceUpload({ source: 'greet', version: second }));
    await daemon.until(({ contents }) => slotOf(contents, unstable, source('greet')).present?.version === second);
    assert.match((await rebuild(daemon, 'greet', { 'dry-run': 'true' })).plain, /as 1\.0-2~acme13\+1\+b1 /);
    answered(await run(daemon, 'restore', { package: 'greet', distribution: `${unstable}-rollback0` }));
    assert.match((await rebuild(daemon, 'greet', { 'dry-run': 'true' })).plain, /as 1\.0-1~acme13\+1\+b2 /);
  });

  it('leaves the version as it was where it stands too, and takes what it built along when it migrates', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    answered(await run(daemon, 'migrate', { package: 'greet', distribution: unstable }));
    await rebuild(daemon, 'greet');
    await ended(daemon);
    await daemon.rests();
    assert.deepEqual(seen(on, testing, 'greet'), ['greet amd64 1.0-1~acme13+1', 'greet-doc all 1.0-1~acme13+1']);
    answered(await run(daemon, 'migrate', { package: 'greet', distribution: unstable }));
    await daemon.rests();
    assert.deepEqual(seen(on, testing, 'greet'), ['greet amd64 1.0-1~acme13+1+b1', 'greet-doc all 1.0-1~acme13+1']);
    assert.deepEqual(rulesOf(await run(daemon, 'migrate', { package: 'greet', distribution: unstable })), [
      'already-there',
    ]);
    assert.deepEqual(daemon.faults, []);
  });

  it('is not undone by a migration from where it was not, or is lower, unless that is asked for', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    const migrate = (packages: string, more: Readonly<Record<string, string>> = {}) =>
      run(daemon, 'migrate', { package: packages, distribution: unstable, ...more });
    const has = async (version: string) => {
      await daemon.rests();
      assert.deepEqual(seen(on, testing, 'greet')[0], `greet amd64 1.0-1~acme13+1${version}`);
    };
    answered(await migrate('greet'));
    await rebuild(daemon, 'greet', { distribution: testing });
    await ended(daemon);
    await has('+b1');
    assert.deepEqual(rulesOf(await migrate('greet')), ['already-there']);
    answered(await migrate('greet,shout'));
    await has('+b1');
    await rebuild(daemon, 'greet');
    await daemon.until(({ binNmus }) => binNmus.ended.length === 2);
    answered(await migrate('greet'));
    await has('+b2');
    await rebuild(daemon, 'greet', { distribution: testing });
    await daemon.until(({ binNmus }) => binNmus.ended.length === 3);
    assert.deepEqual(rulesOf(await migrate('greet')), ['already-there']);
    await has('+b3');
    answered(await migrate('greet', { full: 'true' }));
    await daemon.rests();
    assert.deepEqual(seen(on, stable, 'greet')[0], 'greet amd64 1.0-1~acme13+1+b3');
    const { plain } = answered(await migrate('greet', { 'allow-downgrades': 'true' }));
    assert.match(plain, /trixie-acme-testing has greet 1\.0-1~acme13\+1\+b3 \(greet on amd64\): machines that /);
    await has('+b2');
    assert.deepEqual(daemon.faults, []);
  });

  it('does not migrate where each has what is higher, on another architecture', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on, ['greet']);
    answered(await run(daemon, 'migrate', { package: 'greet', distribution: unstable }));
    await rebuild(daemon, 'greet', { distribution: testing });
    await daemon.until(({ binNmus }) => binNmus.ended.length === 1);
    await rebuild(daemon, 'greet', { architecture: arm64 });
    await daemon.until(({ binNmus }) => binNmus.ended.length === 2);
    await daemon.rests();
    const refused = await run(daemon, 'migrate', { package: 'greet', distribution: unstable });
    assert.deepEqual(rulesOf(refused), ['lower-version']);
    assert.match(
      isLeft(refused) ? (refused.left[0]?.fact ?? '') : '',
      /^trixie-acme-testing has greet 1\.0-1~acme13\+1\+b1 \(greet on amd64\), which is higher than /,
    );
  });

  it('stays with its version in rollbacks and comes back with it, and past states are as they were', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    await rebuild(daemon, 'greet');
    await ended(daemon);
    await daemon.uploads(sourceUpload({ source: 'greet', version: second }));
    await daemon.until(({ contents }) => slotOf(contents, unstable, source('greet')).present?.version === second);
    await daemon.rests();
    const rollback = distribution(`${unstable}-rollback0`);
    assert.deepEqual(seen(on, rollback, 'greet'), ['greet amd64 1.0-1~acme13+1+b1', 'greet-doc all 1.0-1~acme13+1']);
    answered(await run(daemon, 'restore', { package: 'greet', distribution: rollback }));
    await daemon.rests();
    assert.deepEqual(seen(on, unstable, 'greet'), ['greet amd64 1.0-1~acme13+1+b1', 'greet-doc all 1.0-1~acme13+1']);
    const pool = on.archive.pool(acme).filter((path) => path.includes('/greet_1.0-1~acme13+1'));
    assert.ok(pool.some((path) => path.endsWith('greet_1.0-1~acme13+1_amd64.deb')));
    assert.ok(pool.some((path) => path.endsWith('greet_1.0-1~acme13+1+b1_amd64.deb')));
  });

  it('lets go of all that was built of a version with it, also of what was replaced', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on, ['greet', 'shout']);
    await rebuild(daemon, 'greet');
    await ended(daemon);
    await daemon.rests();
    const built = [...eventsOf(on, 'PackageInstalled'), ...eventsOf(on, 'BinNmuInstalled')]
      .filter((event) => event.source === 'greet')
      .flatMap(({ binaries }) => binaries.map(({ file }) => file.sha256));
    const kept = async () => (await Promise.all(built.map((sha256) => on.files.has(sha256)))).filter(Boolean).length;
    assert.equal(await kept(), 4);
    const asAdmin = { ...staff, privilege: 'admin' } as const;
    for (const name of [unstable, `${unstable}-rollback0`])
      answered(await daemon.engine.api.run('remove', { package: 'greet', distribution: name }, asAdmin));
    answered(await daemon.engine.api.run('retention', { repository: acme, versions: '0' }, asAdmin));
    await daemon.rests();
    on.clock.advance(2 * 86_400_000);
    await daemon.until(() => eventsOf(on, 'FilesRemoved').length === 1);
    assert.equal(await kept(), 0);
    assert.deepEqual(
      on.archive.pool(acme).filter((path) => path.includes('greet')),
      [],
    );
  });

  it('goes on with the rest of a wave when one fails, and drops only what needs that', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    await daemon.uploads(sourceUpload({ source: 'alone', version: first }));
    await daemon.until(({ uploads }) => uploads.ended.filter(({ status }) => status === 'published').length === 5);
    on.builder.behave(({ source: of, binNmu }) => (of === 'greet' && binNmu !== undefined ? 'fails' : 'succeeds'));
    await rebuild(daemon, 'shout,libfoo,greet,alone');
    await ended(daemon);
    assert.deepEqual([...statuses(daemon)].sort(), [
      'alone installed',
      'greet failed',
      'libfoo installed',
      'shout dropped',
    ]);
    const [dropped] = eventsOf(on, 'BinNmuDropped');
    assert.equal(dropped?.rule, 'needed-rebuild-missing');
    assert.match(dropped?.fact ?? '', /^it is built with packages of greet, whose rebuild failed \(ftbfs in build: /);
    on.builder.behave(() => 'succeeds');
    await rebuild(daemon, 'greet,shout');
    await daemon.until(({ binNmus }) => binNmus.ended.length === 2);
    assert.deepEqual(statuses(daemon), ['greet installed', 'shout installed']);
    assert.deepEqual(seen(on, unstable, 'greet')[0], 'greet amd64 1.0-1~acme13+1+b1');
  });

  it('is not installed where another version came meanwhile', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    on.builder.behave(({ binNmu }) => (binNmu === undefined ? 'succeeds' : 'hangs'));
    await rebuild(daemon, 'greet,shout');
    await daemon.until(() => on.builder.underWay().length === 1);
    assert.deepEqual(rulesOf(await run(daemon, 'binnmu', { distribution: unstable, package: 'greet', reason })), [
      'nothing-to-rebuild',
    ]);
    await daemon.uploads(sourceUpload({ source: 'shout', version: second }));
    await daemon.until(({ contents }) => slotOf(contents, unstable, source('shout')).present?.version === second);
    const { ends } = answered(await run(daemon, 'cancel', { builds: 'greet', 'dry-run': 'true' }));
    assert.deepEqual(ends?.depends, ['The binNMU of shout amd64 is dropped: it needs greet.']);
    assert.deepEqual(ends?.stays, ['greet 1.0-1~acme13+1 in trixie-acme-unstable, as it is.']);
    answered(await run(daemon, 'cancel', { builds: 'greet' }));
    await ended(daemon);
    assert.deepEqual(statuses(daemon), ['greet cancelled', 'shout dropped']);
    assert.deepEqual(seen(on, unstable, 'greet')[0], 'greet amd64 1.0-1~acme13+1');
  });

  it('is refused where there is nothing to build again', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on);
    for (const [given, rule] of [
      [{ package: 'docs' }, 'nothing-to-rebuild'],
      [{ package: '' }, 'nothing-named'],
      [{ package: 'greet', architecture: 'i386' }, 'nothing-to-rebuild'],
      [{ 'reverse-dependencies-of': 'libnone1' }, 'no-dependents'],
      [{ package: 'greet', distribution: `${unstable}-rollback0` }, 'rollback-not-rebuilt'],
      [{ package: 'greet', distribution: 'trixie-other-unstable' }, 'unknown-distribution'],
      [{ package: 'greet', reason: '' }, 'bad-argument'],
    ] as const) {
      assert.deepEqual(rulesOf(await run(daemon, 'binnmu', { distribution: unstable, reason, ...given })), [rule]);
    }
    assert.deepEqual(eventsOf(on, 'BinNmuPlanned'), []);
  });

  it('is told in short where it is of many, first what came to nothing', async (test) => {
    const on = await machine(test);
    const names = Array.from({ length: 11 }, (_, at) => `many${String(at).padStart(2, '0')}`);
    const daemon = await boot(on);
    for (const name of names) await daemon.uploads(sourceUpload({ source: name, version: first }));
    const has = (name: string) => slotOf(daemon.world.contents, unstable, source(name)).present?.binaries ?? [];
    await daemon.until(() => names.every((name) => has(name).some(({ architecture }) => architecture === arm64)));
    on.builder.behave(({ source: of, binNmu }) => (of === 'many10' && binNmu !== undefined ? 'fails' : 'succeeds'));
    const { follow } = await rebuild(daemon, names.join(','), { architecture: '' });
    await ended(daemon);
    const { plain } = answered(await run(daemon, 'progress', { stream: follow?.[0] ?? '' }));
    assert.match(
      plain,
      /^binNMU in trixie-acme-unstable: 20 of 22 installed; many10 \S+ amd64: failed \(ftbfs in build: /,
    );
    assert.match(plain, /\); many10 \S+ arm64: failed \(.*\); many00 /);
    assert.match(plain, /; many08 \S+ arm64: installed; 2 more: installed\n$/);
  });

  it('is refused for too many before any of their .dsc is read', async (test) => {
    const on = await machine(test);
    const names = Array.from({ length: 501 }, (_, at) => `many${at}`);
    for (const [at, name] of names.entries()) {
      await installedBefore(on, source(name), first, unstable);
      on.archive.depends(name, at === 0 ? 'libmany1' : 'libmany1, libfewer1');
    }
    const daemon = await boot(on);
    const dependents = (of: string) =>
      run(daemon, 'binnmu', { distribution: unstable, 'reverse-dependencies-of': of, reason });
    assert.deepEqual(rulesOf(await dependents('libmany1')), ['binnmu-too-large']);
    // Their .dsc are not there, which whoever reads them finds out.
    await assert.rejects(dependents('libfewer1'), /the file store has no file/);
    await daemon.kill();
  });

  it('is done once though the daemon is killed anywhere', async (test) => {
    const given = { distribution: unstable, package: 'greet,shout', architecture: amd64, reason };
    for (const when of ['before', 'after'] as const) {
      // Every third step, for time: others at the one death than at the other.
      for (let n = when === 'before' ? 1 : 2; ; n += 3) {
        const on = await machine(test);
        await (await withPackages(on, ['greet', 'shout'])).kill();
        const dying = await boot(on, { n, when });
        if (!dying.isDead()) await Promise.race([run(dying, 'binnmu', given), dying.rests()]);
        await dying.rests();
        const isOver = !dying.isDead();
        await dying.kill();
        const daemon = await boot(on);
        await daemon.rests();
        if (eventsOf(on, 'BinNmuPlanned').length === 1) {
          await ended(daemon);
          await daemon.rests();
          assert.deepEqual(statuses(daemon), ['greet installed', 'shout installed'], `${when} step ${n}`);
          assert.equal(eventsOf(on, 'BinNmuInstalled').length, 2, `${when} step ${n}`);
          assert.equal(seen(on, unstable, 'shout')[0], 'shout amd64 1.0-1~acme13+1+b1');
        }
        await daemon.kill();
        if (isOver) break;
      }
    }
  });

  it('is told by progress, why and show, and its builds lead to it', async (test) => {
    const on = await machine(test);
    const daemon = await withPackages(on, ['greet', 'shout']);
    const { follow } = await rebuild(daemon, 'greet,shout');
    await ended(daemon);
    await daemon.rests();
    const plain = async (command: string, asked: Readonly<Record<string, string>>) =>
      answered(await run(daemon, command, asked)).plain;
    assert.match(
      await plain('progress', { stream: follow?.[0] ?? '' }),
      /binNMU in trixie-acme-unstable: 2 of 2 installed; greet 1\.0-1~acme13\+1\+b1 amd64: installed; shout/,
    );
    const [build] = on.builder.runs.filter(({ binNmu }) => binNmu !== undefined);
    const told = await plain('why', { builds: build?.build ?? '' });
    assert.match(told, /binNMU of 2 builds in trixie-acme-unstable: Rebuild against libfoo 2/);
    assert.match(told, /amd64 is that of binNMU \+b1 in trixie-acme-unstable/);
    assert.equal(await plain('why', { builds: 'greet' }), told);
    assert.match(
      await plain('show', { package: 'greet' }),
      /^trixie-acme-unstable: 1\.0-1~acme13\+1 \+b1 on amd64 \(/m,
    );
    assert.match(await plain('builds', {}), /1\.0-1~acme13\+1\+b1/);
    await rebuild(daemon, 'greet');
    await daemon.until(({ binNmus }) => binNmus.ended.length === 2);
    assert.match(
      await plain('why', { builds: 'greet', version: first }),
      /that of binNMU \+b2 in trixie-acme-unstable/,
    );
    assert.deepEqual(rulesOf(await run(daemon, 'why', { builds: 'greet', version: second })), ['no-upload']);
  });
});
