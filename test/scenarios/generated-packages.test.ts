import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';

const admin: Caller = { actor: { kind: 'account', name: 'admin' }, privilege: 'admin', shown: 'token' };
const keyring = 'acme-archive-keyring';

const run = (daemon: Daemon, command: string, given: Readonly<Record<string, string>> = {}) =>
  daemon.engine.api.run(command, given, admin);

const isQuiet = ({ uploads, ports, changes }: Daemon['world']): boolean =>
  uploads.open.size === 0 && ports.open.size === 0 && changes.open.size === 0;

/** The suites of trixie that hold a source package. */
const suitesWith = (daemon: Daemon, source: string): readonly string[] =>
  [...daemon.world.contents.shelves].flatMap(([name, { slots }]) =>
    [...slots].some(([each, { present }]) => each === source && present !== undefined)
      ? [name.split('-')[2] ?? '']
      : [],
  );

const migrations = (on: Machine): number => eventsOf(on, 'PortMigrated').length;

describe('keyringpackages', () => {
  it('brings the keys into the suite that is for them, and on to the last of its chain', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const answer = await run(daemon, 'keyringpackages');
    assert.ok(!isLeft(answer), JSON.stringify(answer));
    assert.match(
      answer.right.plain,
      /^acme-archive-keyring \d{14} is being ported to trixie-acme-unstable as \d{14}~acme13\+1\n$/,
    );
    await daemon.until((world) => migrations(on) === 1 && isQuiet(world));
    assert.deepEqual(suitesWith(daemon, keyring).toSorted(), ['stable', 'testing', 'unstable']);
    assert.deepEqual(daemon.faults, []);
  });

  it('leaves it where it is built when told so', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await run(daemon, 'keyringpackages', { 'no-migration': 'true' });
    await daemon.until((world) => eventsOf(on, 'PortUploaded').length === 1 && isQuiet(world));
    assert.deepEqual(suitesWith(daemon, keyring), ['unstable']);
  });

  it('says so when it cannot be built', async (test) => {
    const on = await machine(test);
    on.builder.behave(() => 'fails');
    const daemon = await boot(on);
    await run(daemon, 'keyringpackages');
    await daemon.until(() => eventsOf(on, 'PortFailed').length === 1);
    assert.equal(eventsOf(on, 'PortFailed')[0]?.rule, 'not-installed');
  });

  it('migrates once, though the daemon is killed when it is installed', async (test) => {
    const whole = await machine(test);
    const untouched = await boot(whole);
    await run(untouched, 'keyringpackages');
    await untouched.until(() => eventsOf(whole, 'PackageInstalled').length === 1);
    const installing = untouched.steps.length;
    await untouched.kill();
    for (const when of ['before', 'after'] as const) {
      for (let n = installing - 1; n < installing + 4; n += 1) {
        const on = await machine(test);
        const first = await boot(on, { n, when });
        await run(first, 'keyringpackages');
        await first.until((world) => migrations(on) === 1 && isQuiet(world));
        await first.kill();
        const second = await boot(on);
        await second.until((world) => migrations(on) === 1 && isQuiet(world));
        await second.kill();
        assert.deepEqual(
          suitesWith(second, keyring).toSorted(),
          ['stable', 'testing', 'unstable'],
          `killed ${when} step ${n}`,
        );
        assert.equal(eventsOf(on, 'PackageInstalled').length, 1, `killed ${when} step ${n}`);
      }
    }
  });

  it('is refused for a suite that takes no uploads', async (test) => {
    const daemon = await boot(await machine(test));
    const answer = await run(daemon, 'keyringpackages', { distributions: 'trixie-acme-stable' });
    assert.equal(isLeft(answer) && answer.left[0]?.rule, 'suite-not-uploadable');
  });
});

describe('testpackages', () => {
  it('go into every suite that is called experimental', async (test) => {
    const on = await machine(test);
    on.builder.behave(({ source }) => (source === 'mbd-test-ftbfs' ? 'fails' : 'succeeds'));
    const daemon = await boot(on);
    const answer = await run(daemon, 'testpackages');
    assert.ok(!isLeft(answer), JSON.stringify(answer));
    await daemon.until((world) => eventsOf(on, 'PortUploaded').length === 3 && isQuiet(world));
    assert.deepEqual(suitesWith(daemon, 'mbd-test-archall'), ['experimental']);
    assert.deepEqual(suitesWith(daemon, 'mbd-test-cpp'), ['experimental']);
    assert.deepEqual(suitesWith(daemon, 'mbd-test-ftbfs'), []);
  });

  it('are those that are named', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await run(daemon, 'testpackages', { packages: 'mbd-test-cpp', distributions: 'trixie-acme-snapshot' });
    assert.deepEqual(
      eventsOf(on, 'PortRequested').map(({ source, to }) => [source, to]),
      [['mbd-test-cpp', 'trixie-acme-snapshot']],
    );
    const answer = await run(daemon, 'testpackages', { packages: 'mbd-test-other' });
    assert.equal(isLeft(answer) && answer.left[0]?.rule, 'bad-argument');
  });
});
