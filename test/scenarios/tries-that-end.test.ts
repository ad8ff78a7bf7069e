import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import { distributionDefaults } from '../../src/domain/configuration/defaults.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { buildId } from '../../src/domain/ids.ts';
import { servedPages } from '../../src/served-pages.ts';
import { because } from '../support/accounts-at-work.ts';
import { asks } from '../support/asks.ts';
import { amd64, arm64, configured, trixieConfigured } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

/** The pages of a daemon, as everybody reads them. */
const pagesOf = ({ engine }: Daemon, { store, clock }: Machine) => {
  const confinement = { network: true, processes: true, bounds: true } as const;
  const log = openMemoryLog(store, clock.now);
  return servedPages(engine, log, { confinement, place: { builder: 'ernie', room: 4, tags: [] }, clock });
};

const onlyUpload = ({ world: { uploads } }: Daemon) =>
  [...uploads.open.values(), ...uploads.ended][0]?.id ?? assert.fail('nothing came');

/** How each attempt came to an end, on the page of the upload and on those of its builds. */
const endings = async (daemon: Daemon, on: Machine): Promise<readonly string[]> => {
  const { upload, build } = pagesOf(daemon, on);
  const id = onlyUpload(daemon);
  const words = (attempts: readonly { readonly ended?: { readonly word: string } | undefined }[] = []) =>
    attempts.map(({ ended }) => ended?.word ?? 'building');
  const ofUpload = words((await upload.page(id, anonymous))?.attempts);
  const ofBuilds = await Promise.all(
    [amd64, arm64].map(async (each) => words((await build(buildId(id, each), anonymous))?.attempts)),
  );
  assert.deepEqual(ofUpload.toSorted(), ofBuilds.flat().toSorted());
  return ofUpload.toSorted();
};

const isPublished = (daemon: Daemon) => daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');

const checked: readonly DaemonEvent[] = [
  ...configured.filter((event) => event !== trixieConfigured),
  {
    ...trixieConfigured,
    checks: { ...distributionDefaults.checks, lintian: { mode: 'error', options: [] } },
  },
  { type: 'EngineStarted' },
];

describe('An attempt that ran when the daemon was killed', () => {
  it('ends with the next start on every page, and its package moves from those that run to the last ones', async (test) => {
    const on = await machine(test);
    const first = await boot(on);
    on.builder.behave(() => 'hangs');
    await first.uploads(sourceUpload());
    await first.until(() => on.builder.underWay().length === 2);
    const before = pagesOf(first, on).home();
    assert.deepEqual([before.running.length, before.recent.map(({ state }) => state)], [2, ['building']]);
    assert.deepEqual(await endings(first, on), ['building', 'building']);
    await first.kill();
    on.builder.behave(() => 'succeeds');
    const second = await boot(on);
    test.after(second.kill);
    assert.ok(await isPublished(second));
    const after = pagesOf(second, on).home();
    assert.deepEqual([after.running.length, after.recent.map(({ state }) => state)], [0, ['installed']]);
    assert.deepEqual(await endings(second, on), ['built', 'built', 'given back', 'given back']);
    await second.kill();
    const third = await boot(on);
    test.after(third.kill);
    assert.deepEqual(
      pagesOf(third, on)
        .home()
        .recent.map(({ state, source }) => [source, state]),
      [['hello', 'installed']],
    );
  });

  it('ends when the machine is called otherwise by then, and so do its checks', async (test) => {
    const on = await machine(test, checked);
    const first = await boot(on);
    on.builder.behave(({ architecture }) => (architecture === amd64 ? 'succeeds' : 'hangs'));
    on.checker.behave(() => 'hangs');
    await first.uploads(sourceUpload());
    assert.ok(await first.until(() => eventsOf(on, 'CheckStarted').length === 1));
    assert.ok(await first.until(() => on.builder.underWay().length === 1));
    await first.kill();
    on.builder.behave(() => 'succeeds');
    on.checker.behave(() => []);
    const second = await boot({ ...on, called: 'bert' });
    test.after(second.kill);
    assert.ok(await isPublished(second), JSON.stringify(eventsOf(on, 'CheckStarted')));
    assert.deepEqual(
      eventsOf(on, 'BuildWithdrawn').map(({ builder, reason }) => [builder, reason]),
      [['ernie', 'no builder is called so any more']],
    );
    assert.deepEqual(
      eventsOf(on, 'CheckGivenBack').map(({ reason }) => reason),
      ['the daemon was restarted'],
    );
    assert.deepEqual(await endings(second, on), ['built', 'built', 'given back']);
  });

  it('that somebody was given who is called otherwise by now, and has not begun, is given to somebody else', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    await asks(daemon, 'stop');
    await daemon.uploads(sourceUpload());
    assert.ok(await daemon.until(({ builds }) => builds.open.size === 2));
    const build = buildId(onlyUpload(daemon), amd64);
    const assigned = { command: 'AssignBuild', build, builder: 'oscar', because: 'it has room' } as const;
    await daemon.engine.tell(assigned, because);
    await asks(daemon, 'start');
    assert.ok(await isPublished(daemon), 'it waits for nobody');
    assert.deepEqual(
      eventsOf(on, 'BuildStarted').map(({ builder }) => builder),
      ['ernie', 'ernie'],
    );
  });
});

describe('An attempt that is cancelled', () => {
  it('has ended on every page', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    on.builder.behave(() => 'hangs');
    await daemon.uploads(sourceUpload());
    await daemon.until(() => on.builder.underWay().length === 2);
    await asks(daemon, 'cancel', { builds: 'hello', reason: 'the wrong branch' });
    assert.ok(await daemon.until(({ uploads }) => uploads.ended.length === 1));
    assert.deepEqual(await endings(daemon, on), ['cancelled', 'cancelled']);
    const shown = await pagesOf(daemon, on).upload.page(onlyUpload(daemon), anonymous);
    assert.equal(shown?.attempts[0]?.ended?.fact, 'the wrong branch');
  });
});
