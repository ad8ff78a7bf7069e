import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { nobodyKnown } from '../../src/app/accounts/doers.ts';
import { packageLogs } from '../../src/app/kept-logs.ts';
import { packagePage } from '../../src/app/pages/package-page.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import { distributionDefaults } from '../../src/domain/configuration/defaults.ts';
import type { PackageCheck } from '../../src/domain/configuration/events.ts';
import type { Version } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { ChrootResult } from '../../src/ports/builder.ts';
import { architectureResults } from '../../src/projections/check-results.ts';
import { asks } from '../support/asks.ts';
import type { CheckBehaviour } from '../support/fake-checker.ts';
import { acme, amd64, arm64, configured, hello, hello3, hello4, trixieConfigured } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const mode = (name: PackageCheck['mode']): PackageCheck => ({ mode: name, options: [] });

/** trixie with checks in these modes; arm64 optional where it is said. */
const withChecks = (
  checks: Partial<typeof distributionDefaults.checks>,
  optional: readonly string[] = [],
): readonly DaemonEvent[] => [
  ...configured.filter((event) => event !== trixieConfigured),
  {
    ...trixieConfigured,
    checks: { ...distributionDefaults.checks, ...checks },
    architectures: trixieConfigured.architectures.map((each) => ({
      ...each,
      optional: optional.includes(each.architecture),
    })),
  },
  { type: 'EngineStarted' },
];

const noCopyright = { severity: 'error', tag: 'no-copyright-file', about: 'hello' } as const;
const noManual = { severity: 'warning', tag: 'no-manual-page', about: 'hello' } as const;

const ends = (daemon: Daemon, status: string, count = 1) =>
  daemon.until(({ uploads }) => uploads.ended.filter((story) => story.status === status).length === count);
const reason = (on: Machine) => eventsOf(on, 'VersionReleased').map((event) => event.reason);

const pathsIn = (json: unknown): readonly string[] =>
  [...JSON.stringify(json).matchAll(/"path":"([^"]+)"/g)].map(([, path]) => path ?? '');

describe('What was built', () => {
  it('is checked on each architecture, side by side, before it is installed', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error'), piuparts: mode('ignore') }));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'published'));
    assert.deepEqual(
      on.checker.runs.map(({ tool, architecture, withSource }) => `${tool} ${architecture} ${withSource}`).sort(),
      ['lintian amd64 true', 'lintian arm64 false', 'piuparts amd64 true', 'piuparts arm64 false'],
    );
    const [arm] = on.checker.runs.filter((order) => order.architecture === arm64);
    assert.deepEqual(
      arm?.siblings.map(({ name }) => name),
      ['hello-doc_2.10-3~acme13+1_all.deb'],
    );
    assert.deepEqual(on.checkChroots.prepared.toSorted(), ['trixie-amd64', 'trixie-arm64']);
    assert.equal(eventsOf(on, 'CheckPassed').length, 4);
  });

  it('needs no chroot with tools where nobody wants a check', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'published'));
    assert.deepEqual([on.checkChroots.prepared, on.checker.runs], [[], []]);
  });

  it('is not installed when a check denies it, and the reason names what was found', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checker.behave(({ architecture }) => (architecture === amd64 ? [noCopyright, noManual] : []));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'failed'));
    assert.deepEqual(reason(on), ['denied by lintian on amd64 (hello: no-copyright-file)']);
    const { plain } = await asks(daemon, 'uploads', {});
    assert.match(plain ?? '', /amd64:built lintian:failed\(1 error, 1 warning\)/);
    const why = (await asks(daemon, 'why', { builds: 'hello' })).plain ?? '';
    assert.match(why, /lintian on amd64 failed: found 1 error, 1 warning: no-copyright-file, no-manual-page /);
    assert.match(why, /lintian on arm64 passed: found nothing /);
    assert.ok(why.indexOf('lintian on amd64 failed') < why.indexOf('came to nothing: denied by lintian'), why);
  });

  it('is installed in spite of errors where they are ignored, or its uploader says so', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('ignore'), autopkgtest: mode('error') }));
    const found: CheckBehaviour = [noCopyright];
    on.checker.behave(({ tool }) => (tool === 'lintian' ? found : 'is skipped'));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'published'));
    assert.equal(eventsOf(on, 'CheckFailed').length, 2);
    assert.equal(eventsOf(on, 'CheckSkipped').length, 2);
  });

  it('leaves log and report beside the logs of the build, where the answer of uploads leads to', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error'), autopkgtest: mode('ignore') }));
    on.checker.behave(({ tool }) => (tool === 'lintian' ? [noCopyright] : 'is skipped'));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'failed'));
    const kept = await packageLogs(daemon.world, openMemoryLog(on.store, on.clock.now)).files(
      acme,
      hello,
      hello3,
      amd64,
    );
    const names = kept.map(({ file }) => file.name);
    const checks = ['hello_amd64.lintian.log', 'hello_amd64.lintian.json', 'hello_amd64.autopkgtest.log'];
    for (const name of checks) assert.ok(names.includes(name as never), `${name} is not among ${names.join(' ')}`);
    const { json } = await asks(daemon, 'uploads', {});
    assert.deepEqual(
      pathsIn(json).filter((path) => path.includes('/amd64/')),
      checks.map((name) => `/log/acme/hello/2.10-3~acme13+1/amd64/${name}`),
    );
  });

  it('leaves out an optional architecture that a check denies', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }, [arm64]));
    on.checker.behave(({ architecture }) => (architecture === arm64 ? [noCopyright] : []));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'published'));
    await daemon.rests();
    const installed = eventsOf(on, 'PackageInstalled').flatMap(({ binaries }) => binaries);
    assert.ok(installed.every(({ architecture }) => architecture !== arm64));
    assert.deepEqual(
      eventsOf(on, 'ArchitectureRefused').map(({ rule, fact }) => [rule, fact]),
      [['denied-by-checks', 'denied by lintian on arm64 (hello: no-copyright-file)']],
    );
  });

  it('is compared with the version before', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('ignore') }));
    on.checker.behave(() => [noCopyright]);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'published'));
    on.checker.behave(() => [noManual]);
    await daemon.uploads(sourceUpload({ version: hello4 }));
    assert.ok(await ends(daemon, 'published', 2));
    const last = daemon.world.uploads.ended[0];
    assert.ok(last !== undefined);
    const [amd] = architectureResults(daemon.world, last.id);
    assert.deepEqual(amd?.checks[0]?.before, {
      version: hello3,
      appeared: [{ ...noManual, times: 1 }],
      gone: [{ ...noCopyright, times: 1 }],
    });
    const { json, plain } = await asks(daemon, 'show', { package: 'hello', verbose: 'true' });
    const [{ checks = [] } = {}] = json as readonly { readonly checks?: readonly Record<string, unknown>[] }[];
    assert.deepEqual(
      checks.map(({ version, architecture, tool, status, before }) => [version, architecture, tool, status, !before]),
      [
        [hello4, 'amd64', 'lintian', 'passed', false],
        [hello4, 'arm64', 'lintian', 'passed', false],
        [hello3, 'amd64', 'lintian', 'failed', true],
        [hello3, 'arm64', 'lintian', 'failed', true],
      ],
    );
    const logs = await packageLogs(daemon.world, openMemoryLog(on.store, on.clock.now)).files(
      'acme',
      'hello',
      hello4,
      'amd64',
    );
    const { path: url } = (checks[0]?.log ?? {}) as { readonly path?: string };
    assert.ok(
      logs.some(({ file }) => url === `/log/acme/hello/${hello4}/amd64/${file.name}`),
      url,
    );
    assert.ok(
      plain?.includes(`  ${hello4} amd64 lintian:passed(1 warning, 1 new since ${hello3}, 1 gone) ${url}\n`),
      plain,
    );
  });
});

describe('The last upload of a package', () => {
  const lastOn = async (on: Machine, daemon: Daemon) => {
    const page = await packagePage(
      daemon.world,
      openMemoryLog(on.store, on.clock.now),
      nobodyKnown,
    )({ source: hello, before: undefined, caller: anonymous });
    const { json, plain = '' } = await asks(daemon, 'show', { package: 'hello' });
    const rows = json as readonly {
      readonly version: string | null;
      readonly lastChecked: string | null;
      readonly checks: readonly { version: string; status: string }[];
    }[];
    return { checks: page?.checks ?? [], uploads: page?.uploads ?? [], rows, plain };
  };

  it('is told of where a check refused it, compared with the version that stands, until another one is installed', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checker.behave(() => [noManual]);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'published'));
    on.checker.behave(() => [noCopyright]);
    await daemon.uploads(sourceUpload({ version: hello4 }));
    assert.ok(await ends(daemon, 'failed'));
    const { checks, uploads, rows, plain } = await lastOn(on, daemon);
    assert.deepEqual(
      checks.map(({ version, stands, status, before, appeared, gone }) => [
        version,
        stands,
        status,
        before,
        appeared,
        gone,
      ]),
      [
        ...[1, 2].map(() => [
          hello4,
          false,
          'failed',
          hello3,
          ['error hello: no-copyright-file'],
          ['warning hello: no-manual-page'],
        ]),
        ...[1, 2].map(() => [hello3, true, 'passed', undefined, [], []]),
      ],
    );
    const [log] = checks.flatMap((each) => each.log ?? []);
    assert.match(log ?? '', /^\/log\/acme\/hello\/.*lintian/);
    assert.deepEqual(
      uploads[0]?.builds.map((build) => build.checks.map(({ tool, state }) => [tool, state])),
      [[['lintian', 'failed']], [['lintian', 'failed']]],
    );
    assert.equal(uploads[0]?.builds[0]?.checks[0]?.log, log);
    assert.deepEqual(
      rows.flatMap((row) => row.checks.map(({ version }) => version)),
      checks.map(({ version }) => version),
    );
    assert.match(plain, new RegExp(`${hello4.replaceAll('+', '\\+')} amd64 lintian:failed\\(1 error, 1 new since`));
    on.checker.behave(() => []);
    await daemon.uploads(sourceUpload({ version: '2.10-5~acme13+1' as Version }));
    assert.ok(await ends(daemon, 'published', 2));
    assert.deepEqual(
      [...new Set((await lastOn(on, daemon)).checks.map(({ version }) => version))],
      ['2.10-5~acme13+1'],
    );
    await daemon.kill();
  });

  it('is told of while it is being checked: what was found by then, and what still runs', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('ignore') }));
    on.checker.behave(() => [noManual]);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'published'));
    on.checker.behave(({ architecture }) => (architecture === amd64 ? [noCopyright] : 'hangs'));
    await daemon.uploads(sourceUpload({ version: hello4 }));
    const isHalfChecked = ({ checks }: Daemon['world']) =>
      [...checks.open.values()].map(({ status }) => status).join() === 'running' &&
      [...checks.latest.values()].some((upload) => checks.ofUpload.get(upload)?.size === 2);
    assert.ok(await daemon.until(isHalfChecked));
    const { checks, uploads, rows, plain } = await lastOn(on, daemon);
    assert.deepEqual(
      checks.map(({ version, stands, architecture, status, before, appeared }) => [
        version,
        stands,
        architecture,
        status,
        before,
        appeared,
      ]),
      [
        [hello4, false, 'amd64', 'failed', hello3, ['error hello: no-copyright-file']],
        [hello4, false, 'arm64', 'running', undefined, []],
        [hello3, true, 'amd64', 'passed', undefined, []],
        [hello3, true, 'arm64', 'passed', undefined, []],
      ],
    );
    assert.equal(uploads[0]?.state, 'built');
    assert.deepEqual(
      uploads[0]?.builds.map(({ checks: of }) => of.map(({ state }) => state)),
      [['failed'], ['running']],
    );
    const unstable = rows.find(({ version }) => version === hello3);
    assert.deepEqual(
      [unstable?.lastChecked, unstable?.checks.map(({ version, status }) => [version, status])],
      [
        hello4,
        [
          [hello4, 'failed'],
          [hello4, 'running'],
          [hello3, 'passed'],
          [hello3, 'passed'],
        ],
      ],
    );
    const told = `  ${hello4} amd64 lintian:failed(1 error, 1 new since ${hello3}, 1 gone)\n  ${hello4} arm64 lintian:running\n`;
    assert.ok(plain.includes(told), plain);
    await daemon.kill();
  });

  it('is told of where no version ever stood, also in a later life', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checker.behave(() => [noCopyright]);
    const first = await boot(on);
    await first.uploads(sourceUpload());
    assert.ok(await ends(first, 'failed'));
    await first.kill();
    const daemon = await boot(on);
    const { checks, rows } = await lastOn(on, daemon);
    assert.deepEqual(
      checks.map(({ version, stands, before }) => [version, stands, before]),
      [1, 2].map(() => [hello3, false, undefined]),
    );
    assert.deepEqual(
      rows.map(({ version, checks: of }) => [version, of.map((each) => each.version)]),
      [[null, [hello3, hello3]]],
    );
    await daemon.kill();
  });
});

describe('A check that cannot run', () => {
  const failure: ChrootResult = { outcome: 'failed', stage: 'install', fact: 'lintian has no installation candidate' };
  const waits = (daemon: Daemon) => daemon.until(({ checks }) => checks.open.size === 2);

  it('ends with its upload, which can be given up and comes again', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checkChroots.behave(() => failure);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await waits(daemon));
    const shown = await asks(daemon, 'cancel', { builds: 'hello', 'dry-run': 'true' });
    assert.equal(shown.plain, `hello ${hello3} (trixie-acme-unstable): would be given up\n`);
    assert.equal(eventsOf(on, 'VersionReleased').length, 0);
    assert.deepEqual((await asks(daemon, 'cancel', { builds: 'hello', architecture: 'amd64' })).refused, ['no-build']);
    await asks(daemon, 'cancel', { builds: 'hello', reason: 'no lintian in trixie' });
    assert.ok(await ends(daemon, 'failed'));
    assert.deepEqual(reason(on), ['cancelled: no lintian in trixie']);
    assert.ok(await daemon.until(({ checks }) => checks.open.size === 0));
    assert.deepEqual(
      eventsOf(on, 'CheckCancelled').map((event) => event.reason),
      ['its upload came to nothing', 'its upload came to nothing'],
    );
    assert.deepEqual((await asks(daemon, 'cancel', { builds: 'hello' })).refused, ['no-build']);
    await daemon.configure(trixieConfigured);
    await asks(daemon, 'retry', { package: 'hello', version: hello3 });
    assert.ok(await ends(daemon, 'published'));
  });

  it('is named, with what it waits for, wherever somebody looks', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checkChroots.behave((architecture) => (architecture === amd64 ? failure : undefined));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await waits(daemon));
    const amd =
      'the chroot for checks of trixie/amd64 could not be prepared (install: lintian has no installation candidate)';
    const arm = 'the chroot for checks of trixie/arm64 is being prepared';
    const said = async (command: string, given = {}) => (await asks(daemon, command, given)).plain ?? '';
    const why = await said('why', { builds: 'hello' });
    assert.ok(why.includes(`\nnow: amd64 waits for lintian: ${amd}\n`), why);
    assert.ok(why.includes(`\nnow: arm64 waits for lintian: ${arm}\n`), why);
    assert.ok(why.includes('lintian on amd64 is wanted'), why);
    const uploads = await said('uploads');
    assert.ok(uploads.includes(`\n  amd64 waits for lintian: ${amd}\n  arm64 waits for lintian: ${arm}\n`), uploads);
    const status = await said('status');
    assert.ok(status.includes(`  lintian of hello ${hello3} amd64: requested: ${amd}\n`), status);
    await asks(daemon, 'stop', { reason: 'moving house' });
    assert.match(await said('why', { builds: 'hello' }), /amd64 waits for lintian: the engine is stopped/);
    for (const architecture of [amd64, arm64])
      await daemon.configure({ type: 'ChrootRemoved', codename: trixieConfigured.codename, architecture });
    await asks(daemon, 'start');
    assert.match(
      await said('why', { builds: 'hello' }),
      /amd64 waits for lintian: no builder has a chroot for trixie\/amd64/,
    );
  });

  it('waits for room, and for its turn', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error'), piuparts: mode('ignore') }));
    on.checker.behave(() => 'hangs');
    const daemon = await boot(on, undefined, 1);
    await daemon.uploads(sourceUpload());
    assert.ok(await daemon.until(() => eventsOf(on, 'CheckStarted').length === 3));
    const { plain = '' } = await asks(daemon, 'why', { builds: 'hello' });
    assert.equal(plain.match(/now: \w+ waits for \w+: it runs on ernie, attempt 1\n/g)?.length, 3, plain);
    assert.equal(
      plain.match(/now: \w+ waits for \w+: all 3 places for checks on ernie are taken\n/g)?.length,
      1,
      plain,
    );
  });

  it('keeps nobody waiting once it is switched off, and was not lost by a restart meanwhile', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checkChroots.behave(() => failure);
    const first = await boot(on);
    await first.uploads(sourceUpload());
    assert.ok(await waits(first));
    await first.kill();
    const daemon = await boot(on);
    await daemon.rests();
    assert.equal(daemon.world.checks.open.size, 2);
    await daemon.configure(trixieConfigured);
    assert.ok(await ends(daemon, 'published'));
    assert.match(eventsOf(on, 'CheckCancelled')[0]?.reason ?? '', /^lintian is not wanted any more for trixie-acme-/);
  });

  it('since its chroot was removed is no trap either', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checkChroots.behave(() => undefined);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await waits(daemon));
    for (const architecture of [amd64, arm64])
      await daemon.configure({ type: 'ChrootRemoved', codename: trixieConfigured.codename, architecture });
    await asks(daemon, 'cancel', { builds: eventsOf(on, 'UploadReceived')[0]?.upload ?? '' });
    assert.ok(await ends(daemon, 'failed'));
  });
});

describe('A check that runs', () => {
  it('is ended when its upload is given up', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checker.behave(() => 'hangs');
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await daemon.until(() => eventsOf(on, 'CheckStarted').length === 2));
    await asks(daemon, 'cancel', { builds: 'hello' });
    assert.ok(await ends(daemon, 'failed'));
    assert.ok(await daemon.until(() => on.checker.ended() === 2));
    assert.deepEqual([eventsOf(on, 'CheckCancelled').length, eventsOf(on, 'CheckGivenBack').length], [2, 0]);
  });

  it('and was given up while the daemon was killed is not given back, nor run again', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checker.behave(() => 'hangs');
    const first = await boot(on);
    await first.uploads(sourceUpload());
    assert.ok(await first.until(() => eventsOf(on, 'CheckStarted').length === 2));
    const dies = first.until(() => eventsOf(on, 'VersionReleased').length === 1);
    await asks(first, 'cancel', { builds: 'hello' });
    await dies;
    await first.kill();
    const second = await boot(on);
    assert.ok(await second.until(({ checks }) => checks.open.size === 0));
    assert.equal(eventsOf(on, 'CheckCancelled').length, 2);
    assert.equal(on.checker.runs.length, 2);
  });
});

describe('A check that says nothing', () => {
  it('is tried three times; one that denies denies then', async (test) => {
    const on = await machine(test, withChecks({ piuparts: mode('error') }));
    on.checker.behave(() => 'rejects');
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'failed'));
    assert.equal(on.checker.runs.length, 6);
    assert.match(reason(on)[0] ?? '', /piuparts on amd64 \(it could not be run: no session: the disk is full\)/);
  });

  it('keeps nobody out where it only notes', async (test) => {
    const on = await machine(test, withChecks({ piuparts: mode('ignore') }));
    on.checker.behave(() => 'rejects');
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await ends(daemon, 'published'));
    assert.equal(eventsOf(on, 'CheckAbandoned').length, 2);
  });

  it('because the daemon was killed is given back at the next start, and run again', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checker.behave(() => 'hangs');
    const first = await boot(on);
    await first.uploads(sourceUpload());
    assert.ok(await first.until(() => eventsOf(on, 'CheckStarted').length === 2));
    await first.kill();
    on.checker.behave(() => []);
    const second = await boot(on);
    assert.ok(await ends(second, 'published'));
    assert.deepEqual(
      eventsOf(on, 'CheckGivenBack').map((event) => event.reason),
      ['the daemon was restarted', 'the daemon was restarted'],
    );
  });

  it('because the daemon is told to end counts as no attempt', async (test) => {
    const on = await machine(test, withChecks({ lintian: mode('error') }));
    on.checker.behave(() => 'hangs');
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    assert.ok(await daemon.until(() => eventsOf(on, 'CheckStarted').length === 2));
    await daemon.engine.stop();
    assert.equal(eventsOf(on, 'CheckInterrupted').length, 2);
    await daemon.kill();
  });
});
