import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { distributionDefaults } from '../../src/domain/configuration/defaults.ts';
import type { PackageChecks } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { asks } from '../support/asks.ts';
import { amd64, trixieConfigured } from '../support/fixed-examples.ts';
import { boot, eventsOf } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';
import {
  acquaint,
  activate,
  chrootsOnly,
  instances,
  type Member,
  together,
  withRepository,
} from '../support/two-instances.ts';

const checks: PackageChecks = {
  ...distributionDefaults.checks,
  lintian: { mode: 'error', options: ['--info'] },
  piuparts: { mode: 'ignore', options: [] },
};
const checkedTrixie = {
  ...trixieConfigured,
  architectures: trixieConfigured.architectures.filter(({ architecture }) => architecture === amd64),
  checks,
};
const asChecked = (event: DaemonEvent): DaemonEvent =>
  event.type === 'DistributionConfigured' ? checkedTrixie : event;

/** Ernie has repositories and no chroots; grover builds for him, and has the tools of checks where `areChecked`. */
const ernieAndGrover = async (test: TestContext, areChecked = true) => {
  const { of } = await instances(test, {
    ernie: withRepository.filter(({ type }) => type !== 'ChrootConfigured').map(asChecked),
    grover: areChecked ? chrootsOnly.map(asChecked) : chrootsOnly,
  });
  const { ernie, grover } = of;
  await acquaint(ernie, grover);
  await activate(ernie, grover);
  if (areChecked)
    await together([grover], () =>
      eventsOf(grover.on, 'CheckChrootPrepared').some(({ architecture }) => architecture === amd64),
    );
  return { ernie, grover };
};

const published = ({ daemon }: Member): boolean => daemon.world.uploads.ended[0]?.status === 'published';
const typesOf = ({ on }: Member, stream: string) =>
  on.store.events
    .filter((event) => event.stream.startsWith('check-') && event.stream.endsWith(stream))
    .map(({ body }) => body.type);

describe('What is built elsewhere', () => {
  it('is checked there, and what was found comes back with it', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    grover.on.guestChecker.behave(({ tool }) =>
      tool === 'lintian' ? [{ severity: 'warning', tag: 'no-manual-page', about: 'hello' }] : 'is skipped',
    );
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => published(ernie));
    assert.deepEqual(
      grover.on.guestChecker.runs.map(({ tool, options, withSource, binaries, records }) => [
        tool,
        options,
        withSource,
        binaries.length,
        records.length > 0,
      ]),
      [
        ['lintian', ['--info'], true, 2, true],
        ['piuparts', [], true, 2, true],
      ],
    );
    assert.equal(ernie.on.checker.runs.length, 0);
    assert.deepEqual(typesOf(ernie, 'amd64-lintian'), ['CheckRequested', 'CheckStarted', 'CheckPassed']);
    assert.deepEqual(typesOf(ernie, 'amd64-piuparts'), ['CheckRequested', 'CheckStarted', 'CheckSkipped']);
    const [passed] = eventsOf(ernie.on, 'CheckPassed');
    assert.equal(eventsOf(ernie.on, 'CheckStarted')[0]?.builder, grover.place);
    assert.deepEqual(passed?.findings, [{ severity: 'warning', tag: 'no-manual-page', about: 'hello', times: 1 }]);
    for (const file of [passed?.log, passed?.report]) assert.ok(file && (await ernie.on.files.has(file.sha256)));
    assert.deepEqual(typesOf(grover, ''), [], 'a guest leaves nothing but its buildrequest');
  });

  it('is denied by what a check found there', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    grover.on.guestChecker.behave(({ tool }) =>
      tool === 'lintian' ? [{ severity: 'error', tag: 'no-copyright-file', about: 'hello' }] : [],
    );
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(ernie.on, 'VersionReleased').length > 0);
    assert.equal(eventsOf(ernie.on, 'CheckFailed')[0]?.counts.error, 1);
    assert.equal(eventsOf(ernie.on, 'PackageInstalled').length, 0);
  });

  it('waits for its checks, and says why, where nobody can make them', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test, false);
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(ernie.on, 'CheckRequested').length === 2);
    await together([ernie, grover], () => ernie.daemon.world.checks.open.size === 2);
    assert.equal(grover.on.guestChecker.runs.length, 0);
    assert.match(
      (await asks(ernie.daemon, 'why', { builds: 'hello' })).plain ?? '',
      /waits for lintian: no builder has a chroot for trixie\/amd64/,
    );
  });

  it('leaves a check that said nothing there to those who asked', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    grover.on.guestChecker.behave(({ tool }) => (tool === 'piuparts' ? 'rejects' : []));
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(ernie.on, 'CheckRequested').length === 2);
    assert.deepEqual(typesOf(ernie, 'amd64-lintian'), ['CheckRequested', 'CheckStarted', 'CheckPassed']);
    assert.deepEqual(typesOf(ernie, 'amd64-piuparts'), ['CheckRequested']);
  });

  it('keeps what was found there when the power fails between build and checks', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => published(ernie));
    await ernie.daemon.kill();
    // The log takes the end of the build, and nothing of its checks: as if the power had failed right after.
    const at = ernie.on.store.events.findIndex(({ stream }) => stream.startsWith('check-'));
    assert.ok(at >= 0 && eventsOf(ernie.on, 'BuildSucceeded').length === 1);
    ernie.on.store.events.splice(at);
    ernie.on.store.streams.clear();
    for (const [name, held] of Map.groupBy(ernie.on.store.events, ({ stream }) => stream))
      ernie.on.store.streams.set(name, held);
    assert.equal(eventsOf(ernie.on, 'BuildSucceeded').length, 1);
    ernie.daemon = await boot(ernie.on);
    await together([ernie, grover], () => published(ernie));
    assert.deepEqual(typesOf(ernie, 'amd64-lintian'), ['CheckRequested', 'CheckStarted', 'CheckPassed']);
    assert.equal(grover.on.guestChecker.runs.length, 2);
  });
});
