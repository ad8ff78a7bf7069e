import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Privilege } from '../../src/domain/account/privilege.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { buildId } from '../../src/domain/ids.ts';
import { whyWaiting } from '../../src/projections/waiting-reason.ts';
import { asks } from '../support/asks.ts';
import {
  acme,
  amd64,
  arm64,
  configured,
  distribution,
  hello3,
  hello4,
  trixieConfigured,
  unstable,
  version,
} from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const place = { builder: 'ernie', room: 4, tags: [] };
const testing = distribution('trixie-acme-testing');
const isOver = ({ world: { uploads } }: Daemon, status: string, of = 'hello') =>
  uploads.ended.some((story) => story.status === status && story.received.facts?.source === of);
const published = async (daemon: Daemon, of = 'hello') =>
  assert.ok(await daemon.until(() => isOver(daemon, 'published', of)));

/** arm64 is optional: it may fail, and it may come late. */
const withOptional: readonly DaemonEvent[] = [
  ...configured.filter((event) => event !== trixieConfigured),
  {
    ...trixieConfigured,
    architectures: trixieConfigured.architectures.map((each) => ({ ...each, optional: each.architecture === arm64 })),
  },
  { type: 'EngineStarted' },
];

/** `package/architecture` of hello as apt sees it. */
const seen = (on: Machine, name = unstable): readonly string[] =>
  on.archive
    .seen(acme)
    ?.distributions.find((each) => each.name === name)
    ?.holds.filter(({ source }) => source === 'hello')
    .flatMap(({ binaries }) => binaries.map((binary) => `${binary.package}/${binary.architecture}`))
    .sort() ?? [];

describe('A build that is cancelled', () => {
  it('ends when it runs, and its upload has failed', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'hangs');
    await daemon.uploads(sourceUpload());
    await daemon.until(() => on.builder.underWay().length === 2);
    const { json } = await asks(daemon, 'cancel', { builds: 'hello', reason: 'the wrong branch' });
    assert.deepEqual(
      (json as { builds: { status: string }[] }).builds.map(({ status }) => status),
      ['cancelled', 'cancelled'],
    );
    await daemon.until(() => isOver(daemon, 'failed'));
    await daemon.until(() => on.builder.underWay().length === 0);
    assert.equal(
      eventsOf(on, 'VersionReleased')[0]?.reason,
      'not built on amd64 (cancelled: the wrong branch), arm64 (cancelled: the wrong branch)',
    );
    assert.deepEqual(eventsOf(on, 'BuildFailed'), []);

    on.builder.behave(() => 'succeeds');
    await daemon.uploads(sourceUpload({ flavour: 'the right branch' }));
    await published(daemon);
  });

  it('is not begun when it waits, and one is enough for its upload to fail', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await asks(daemon, 'stop', { reason: 'moving house' });
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.open.size === 2);
    const [build] = daemon.world.builds.open.keys();
    await asks(daemon, 'cancel', { builds: build ?? '' });
    await asks(daemon, 'start');
    await daemon.until(() => isOver(daemon, 'failed'));
    assert.deepEqual(
      on.builder.runs.map(({ architecture }) => architecture),
      [arm64],
    );
  });

  it('was meant by its name, and by somebody who may', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    assert.deepEqual((await asks(daemon, 'cancel', { builds: 'hello' })).refused, ['no-build']);
    assert.deepEqual((await asks(daemon, 'cancel', { builds: '../hello' })).refused, ['bad-argument']);
    assert.deepEqual((await asks(daemon, 'cancel', { builds: 'hello' }, 'login')).refused, ['needs-privilege']);
    on.builder.behave(() => 'hangs');
    await daemon.uploads(sourceUpload());
    await daemon.until(() => on.builder.underWay().length === 2);
    const { json, plain } = await asks(daemon, 'cancel', { builds: 'hello', 'dry-run': 'true' });
    assert.equal(eventsOf(on, 'BuildCancelled').length, 0);
    assert.deepEqual(
      (json as { builds: { status: string }[] }).builds.map(({ status }) => status),
      ['cancelled', 'cancelled'],
    );
    assert.match(plain ?? '', /^hello \S+ amd64 would be: cancelled\n/);
  });
});

describe('A priority', () => {
  it('decides who is next', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on, undefined, 1);
    await asks(daemon, 'stop');
    for (const source of ['aardvark', 'badger', 'cat'])
      await daemon.uploads(sourceUpload({ source, architecture: 'all' }));
    await daemon.until(({ builds }) => builds.open.size === 3);
    assert.deepEqual((await asks(daemon, 'priority', { builds: 'cat', priority: 'high' })).refused, ['bad-argument']);
    const planned = await asks(daemon, 'priority', { builds: 'cat', priority: '10', 'dry-run': 'true' });
    assert.match(planned.plain ?? '', /^cat \S+ \S+ would be: needs-build \(priority: 0 → 10\)\n$/);
    assert.doesNotMatch((await asks(daemon, 'status')).plain ?? '', /cat.*\n.*badger/);
    const set = await asks(daemon, 'priority', { builds: 'cat', priority: '10' });
    assert.match(set.plain ?? '', /^cat \S+ \S+: needs-build \(priority: 0 → 10\)\n$/);
    await asks(daemon, 'priority', { builds: 'aardvark', priority: '-1' });
    const { plain } = await asks(daemon, 'status');
    assert.match(plain ?? '', /cat.*\n.*badger.*\n.*aardvark/);
    await daemon.kill();

    const again = await boot(on, undefined, 1);
    await asks(again, 'start');
    await published(again, 'aardvark');
    assert.deepEqual(
      on.builder.runs.map(({ source }) => source),
      ['cat', 'badger', 'aardvark'],
    );
  });
});

describe('A build that waits for dependencies', () => {
  const needsGreet = (on: Machine, until: () => boolean) =>
    on.builder.behave(({ source }) =>
      source === 'hello' && !until() ? { waitsFor: ['libgreet (>= 2.0)'] } : 'succeeds',
    );
  const greet = (of: string) => sourceUpload({ source: 'libgreet', version: version(`${of}-1~acme13+1`) });

  it('starts by itself when what is missing is published in a version that fits, also after a restart', async (test) => {
    const on = await machine(test);
    let isThere = false;
    needsGreet(on, () => isThere);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.depWait.size === 2);
    const [build] = daemon.world.builds.depWait.values();
    assert.match(
      (build && whyWaiting(build, daemon.world, place)) ?? '',
      /^dep-wait on libgreet \(>= 2\.0\), until 2026-12-06 10:1\d UTC at the longest$/,
    );
    assert.match((await asks(daemon, 'status')).plain ?? '', /waits: dep-wait on libgreet/);
    await daemon.uploads(greet('1.0'));
    await published(daemon, 'libgreet');
    await daemon.rests();
    assert.equal(eventsOf(on, 'BuildResumed').length, 0, '1.0 is not what it waits for');
    await daemon.kill();

    const again = await boot(on);
    isThere = true;
    await again.uploads(greet('2.0'));
    await published(again);
    const found = { package: 'libgreet', version: '2.0-1~acme13+1', distribution: unstable };
    for (const resumed of eventsOf(on, 'BuildResumed')) {
      assert.deepEqual(resumed.found, [found]);
      assert.equal(resumed.because, 'libgreet 2.0-1~acme13+1 is in trixie-acme-unstable');
    }
    assert.deepEqual(
      eventsOf(on, 'BuildSucceeded')
        .filter((event) => event.build.startsWith(build?.requested.upload ?? ''))
        .map(({ attempt }) => attempt),
      [2, 2],
    );
  });

  it('is not tried again and again for what did not help, but once a day, and gives up in the end', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(greet('2.0'));
    await published(daemon, 'libgreet');
    needsGreet(on, () => false);
    await daemon.uploads(sourceUpload({ architecture: 'all' }));
    const tries = () => on.builder.runs.filter(({ source }) => source === 'hello').length;
    await daemon.until(({ builds }) => builds.depWait.size === 1 && tries() === 2);
    await daemon.rests();
    assert.equal(tries(), 2, 'once, and once more for the version that is there');
    for (let day = 1; day <= 13; day += 1) {
      on.clock.advance(86_400_000);
      await daemon.until(({ builds }) => tries() === 2 + day && builds.depWait.size === 1);
    }
    on.clock.advance(86_400_000);
    await daemon.until(() => isOver(daemon, 'failed'));
    assert.match(eventsOf(on, 'BuildFailed')[0]?.fact ?? '', /^waited until 2026-12-0\S+ in vain for libgreet/);
    assert.ok(tries() <= 16);
  });

  it('can be cancelled', async (test) => {
    const on = await machine(test);
    needsGreet(on, () => false);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.depWait.size === 2);
    await asks(daemon, 'cancel', { builds: 'hello' });
    await daemon.until(() => isOver(daemon, 'failed'));
    assert.equal(daemon.world.builds.depWait.size, 0);
  });
});

describe('A build that waits', () => {
  it('has a place in the queue, which status, why and uploads tell', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on, undefined, 1);
    on.builder.behave(() => 'hangs');
    await daemon.uploads(sourceUpload());
    await daemon.until(() => on.builder.underWay().length === 1);
    await daemon.uploads(sourceUpload({ source: 'greet' }));
    await daemon.until(({ builds }) => builds.open.size === 4);
    const waits = 'all 1 places of ernie are taken \\(number';
    for (const [command, given, expected] of [
      ['status', {}, `greet \\S+ arm64: waits: ${waits} 3 in the queue\\)`],
      ['why', { builds: 'greet' }, `now: amd64 waits: ${waits} 2 in the queue\\)`],
      ['uploads', { source: 'hello' }, `\n  arm64 waits: ${waits} 1 in the queue\\)`],
    ] as const) {
      assert.match((await asks(daemon, command, given)).plain ?? '', new RegExp(expected), command);
    }
  });
});

describe('An optional architecture', () => {
  it('joins its version late, wherever that stands by then, and survives a restart meanwhile', async (test) => {
    const on = await machine(test, withOptional);
    on.builder.behave(({ architecture }) => (architecture === arm64 ? 'hangs' : 'succeeds'));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await published(daemon);
    assert.deepEqual(seen(on), ['hello-doc/all', 'hello/amd64']);
    await asks(daemon, 'migrate', { package: 'hello', distribution: unstable });
    on.builder.behave(({ architecture, version: of }) =>
      architecture === arm64 && of === hello4 ? 'fails' : architecture === arm64 ? 'hangs' : 'succeeds',
    );
    await daemon.uploads(sourceUpload({ version: hello4 }));
    await daemon.until(() => eventsOf(on, 'PackageInstalled').length === 2);
    await daemon.kill();

    on.builder.behave(() => 'succeeds');
    const again = await boot(on);
    await again.until(() => seen(on, testing).length === 3);
    assert.deepEqual(seen(on, testing), ['hello-doc/all', 'hello/amd64', 'hello/arm64']);
    assert.deepEqual(seen(on, distribution('trixie-acme-unstable-rollback0')), [
      'hello-doc/all',
      'hello/amd64',
      'hello/arm64',
    ]);
    assert.deepEqual(seen(on), ['hello-doc/all', 'hello/amd64'], 'hello 2.10-4 is another version');
    assert.equal(eventsOf(on, 'ArchitectureAdded')[0]?.version, hello3);
    await again.until(({ progress }) => progress.uploads.size === 0);
  });

  it('keeps nobody from installing when there is no chroot for it, and is cancelled with its upload', async (test) => {
    const on = await machine(
      test,
      withOptional.filter((event) => event.type !== 'ChrootConfigured' || event.architecture !== arm64),
    );
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await published(daemon);
    const [waiting] = daemon.world.builds.open.values();
    assert.equal(waiting && whyWaiting(waiting, daemon.world, place), 'no builder has a chroot for trixie/arm64');
    on.builder.behave(() => 'fails');
    await daemon.uploads(sourceUpload({ version: hello4 }));
    await daemon.until(() => isOver(daemon, 'failed'));
    await daemon.until(({ builds }) => builds.open.size === 1);
    assert.deepEqual(
      eventsOf(on, 'BuildCancelled').map(({ build }) => build),
      [buildId(eventsOf(on, 'UploadReceived')[1]?.upload ?? ('' as never), arm64)],
    );
  });

  it('does not join when another source has its packages by then, and that is on record', async (test) => {
    const on = await machine(test, withOptional);
    on.builder.makes('hello', ['hello']);
    on.builder.behave(({ architecture }) => (architecture === arm64 ? 'hangs' : 'succeeds'));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await published(daemon);
    on.builder.makes('neon', ['hello-neon']);
    on.builder.behave(() => 'succeeds');
    await daemon.uploads(sourceUpload({ source: 'neon', architecture: 'amd64' }));
    await published(daemon, 'neon');
    await daemon.kill();
    on.builder.makes('hello', ['hello', 'hello-neon']);
    const again = await boot(on);
    await again.until(() => eventsOf(on, 'ArchitectureRefused').length === 1);
    await again.rests();
    assert.equal(eventsOf(on, 'ArchitectureRefused')[0]?.rule, 'binary-of-other-source');
    assert.equal(again.world.progress.uploads.size, 0);
    assert.deepEqual(again.faults, []);
  });

  it('is installed with the others when it was faster', async (test) => {
    const on = await machine(test, withOptional);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await published(daemon);
    await daemon.until(() => seen(on).length === 3);
    assert.equal(on.builder.runs.filter(({ architecture }) => architecture === amd64).length, 1);
  });
});

describe('An upload that failed', () => {
  const failing = async (test: TestContext) => {
    const on = await machine(test);
    on.builder.behave(({ architecture }) => (architecture === arm64 ? 'fails' : 'succeeds'));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(() => isOver(daemon, 'failed'));
    return { on, daemon };
  };
  const again = { package: 'hello', version: hello3 };
  const runsOn = (on: Machine, architecture: string) =>
    on.builder.runs.filter((run) => run.architecture === architecture).length;

  it('is built again where it failed, installed with what was built before, and is one story', async (test) => {
    const { on, daemon } = await failing(test);
    on.builder.behave(() => 'succeeds');
    const planned = await asks(daemon, 'retry', { ...again, 'dry-run': 'true' });
    assert.equal(
      planned.plain,
      'hello_2.10-3~acme13+1_source.changes\n  arm64: would be built again\n  amd64: would be kept as built\n',
    );
    const whole = await asks(daemon, 'retry', { ...again, all: 'true', 'dry-run': 'true' });
    assert.equal(whole.plain, 'hello_2.10-3~acme13+1_source.changes\n  amd64 arm64: would be built again\n');
    const { json, plain, follow } = await asks(daemon, 'retry', again);
    const { upload, of } = json as { readonly upload: string; readonly of: string };
    assert.deepEqual(json, {
      done: true,
      upload,
      of: eventsOf(on, 'UploadReceived')[0]?.upload,
      changes: 'hello_2.10-3~acme13+1_source.changes',
      builds: [arm64],
      keeps: [amd64],
    });
    const says = 'hello_2.10-3~acme13+1_source.changes\n  arm64: built again\n  amd64: kept as built\n';
    assert.deepEqual([plain, follow], [says, [`upload-${upload}`]]);
    await published(daemon);
    assert.deepEqual(seen(on), ['hello-doc/all', 'hello/amd64', 'hello/arm64']);
    assert.deepEqual([runsOn(on, amd64), runsOn(on, arm64)], [1, 2]);
    assert.equal(eventsOf(on, 'BuildAdopted')[0]?.from, `${of}-amd64`);
    assert.equal(daemon.world.uploads.ended[0]?.retryOf, of);
    assert.deepEqual((await asks(daemon, 'retry', again)).refused, ['no-failed-upload']);
  });

  it('is built again as a whole where that is asked for', async (test) => {
    const { on, daemon } = await failing(test);
    on.builder.behave(() => 'succeeds');
    await asks(daemon, 'retry', { ...again, all: 'true' });
    await published(daemon);
    assert.deepEqual([runsOn(on, amd64), runsOn(on, arm64)], [2, 2]);
    assert.equal(eventsOf(on, 'BuildAdopted').length, 0);
  });

  it('can be retried by another life, once at a time, and a second time from what the first kept', async (test) => {
    const { on, daemon } = await failing(test);
    await daemon.kill();
    const later = await boot(on);
    on.builder.behave(() => 'fails');
    await asks(later, 'retry', again);
    await later.until(() => eventsOf(on, 'VersionReleased').length === 2);
    on.builder.behave(() => 'hangs');
    await asks(later, 'retry', again);
    await later.until(() => on.builder.underWay().length === 1);
    assert.deepEqual((await asks(later, 'retry', again)).refused, ['version-in-progress']);
    await later.kill();
    on.builder.behave(() => 'succeeds');
    const last = await boot(on);
    await published(last);
    assert.deepEqual(seen(on), ['hello-doc/all', 'hello/amd64', 'hello/arm64']);
    assert.equal(runsOn(on, amd64), 1);
  });

  it('is retried by nobody who may not, not while the engine is stopped, and not when it was rejected', async (test) => {
    const { on, daemon } = await failing(test);
    assert.deepEqual((await asks(daemon, 'retry', again, 'login')).refused, ['needs-privilege']);
    await asks(daemon, 'stop');
    assert.deepEqual((await asks(daemon, 'retry', again, 'login')).refused, ['needs-privilege']);
    const { refused, facts } = await asks(daemon, 'retry', again);
    assert.deepEqual(refused, ['needs-engine']);
    assert.match(facts?.[0] ?? '', /^Needs running daemon/);
    await asks(daemon, 'start');
    await daemon.uploads(sourceUpload({ version: version('3.0-1') }));
    await daemon.until(() => isOver(daemon, 'rejected'));
    assert.deepEqual((await asks(daemon, 'retry', { ...again, version: '3.0-1' })).refused, ['no-failed-upload']);
    await asks(daemon, 'retry', { ...again, 'dry-run': 'true' });
    assert.equal(eventsOf(on, 'UploadRetried').length, 0);
  });

  it('is retried at once when it waits for dependencies', async (test) => {
    const on = await machine(test);
    on.builder.behave(() => ({ waitsFor: ['libgreet'] }));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.depWait.size === 2);
    on.builder.behave(() => 'succeeds');
    assert.deepEqual((await asks(daemon, 'retry', again)).plain, 'amd64 arm64: tried again\n');
    await published(daemon);
  });
});

describe('Why', () => {
  type Reason = { readonly type: string; readonly says: string; readonly actor: { kind: string; name: string } };
  const reasons = async (daemon: Daemon, builds: string, privilege?: Privilege) =>
    ((await asks(daemon, 'why', { builds }, privilege)).json as { readonly reasons: readonly Reason[] }).reasons;

  it('is answered with every reason on record, from the door to apt', async (test) => {
    const on = await machine(test);
    on.builder.behave(({ attempt, architecture }) =>
      architecture === arm64 && attempt === 1 ? { waitsFor: ['libgreet'] } : 'succeeds',
    );
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.depWait.size === 1);
    const { plain } = await asks(daemon, 'why', { builds: 'hello' });
    assert.match(plain ?? '', /\nnow: arm64 waits: dep-wait on libgreet, until /);
    await asks(daemon, 'retry', { package: 'hello', version: hello3 });
    await published(daemon);
    const said = (await reasons(daemon, 'hello')).map(({ says }) => says);
    for (const expected of [
      'received',
      'claims hello 2.10-3~acme13+1',
      'accepted for trixie-acme-unstable',
      'given to ernie: ernie has a chroot for trixie/amd64 and room (4 builds at once)',
      'dep-wait on libgreet: Depends: libgreet',
      'tried again: asked for',
      'attempt 2 built it in 7 s',
      'installed into trixie-acme-unstable',
    ]) {
      assert.ok(said.includes(expected), `${expected} is not among ${said.join('; ')}`);
    }
    const upload = eventsOf(on, 'UploadReceived')[0]?.upload;
    const ofBuild = (await reasons(daemon, `${upload}-amd64`)).map(({ says }) => says);
    assert.ok(!ofBuild.some((says) => says.includes('dep-wait')), 'of one build only its own story');
  });

  it('says which rule rejected an upload, and nobody but staff who did what', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload({ version: version('3.0-1') }));
    await daemon.until(() => isOver(daemon, 'rejected'));
    const last = (await reasons(daemon, 'hello')).at(-1);
    assert.match(last?.says ?? '', /^rejected: version-rule: /);

    on.builder.behave(() => 'hangs');
    on.clock.advance(1000);
    await daemon.uploads(sourceUpload());
    await daemon.until(() => on.builder.underWay().length === 2);
    await asks(daemon, 'cancel', { builds: 'hello' });
    const whoCancelled = async (privilege: Privilege) =>
      (await reasons(daemon, 'hello', privilege)).find(({ type }) => type === 'BuildCancelled')?.actor;
    assert.deepEqual(await whoCancelled('staff'), { kind: 'administrator', name: 'adam', login: null });
    assert.deepEqual(await whoCancelled('none'), { kind: 'administrator', name: '', login: null });
    assert.deepEqual((await asks(daemon, 'why', { builds: 'unheard-of' })).refused, ['no-upload']);
  });
});
