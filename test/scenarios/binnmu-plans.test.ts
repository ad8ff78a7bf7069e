import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { BuildResult } from '../../src/ports/builder.ts';
import { activated, oscar, registered } from '../support/account-examples.ts';
import { asks } from '../support/asks.ts';
import { amd64, configured, distribution, unstable, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const reason = 'Rebuild against libfoo 2';
const testing = distribution('trixie-acme-testing');
const first = version('1.0-1~acme13+1');

/** Oscar may log in and is told; libfoo, greet that is built with it, shout that is built with greet, and alone stand in unstable. */
const withPackages = async (
  test: TestContext,
  more: readonly DaemonEvent[] = [],
  change?: (on: Machine) => Machine,
) => {
  const made = await machine(test, [...configured, registered, activated, ...more, { type: 'EngineStarted' }]);
  const on = change?.(made) ?? made;
  on.builder.makes('libfoo', ['libfoo1', 'libfoo-dev']);
  await on.people.add({
    ...{ account: oscar, login: 'oscar' as never, fullName: 'Oscar' as never },
    email: 'oscar@example.org' as never,
  });
  const daemon = await boot(on);
  const needs = { libfoo: 'debhelper', greet: 'libfoo-dev', shout: 'greet', alone: 'debhelper' };
  for (const [source, buildDepends] of Object.entries(needs))
    await daemon.uploads(sourceUpload({ source, version: first, dscFields: { 'Build-Depends': buildDepends } }));
  await daemon.until(({ uploads }) => uploads.ended.filter(({ status }) => status === 'published').length === 4);
  return { on, daemon };
};

const asOscar: Caller = { actor: { kind: 'account', name: oscar }, privilege: 'staff', shown: 'token' };

const plan = async (daemon: Daemon, packages: string): Promise<string> => {
  const given = { distribution: unstable, package: packages, architecture: amd64, reason };
  const answer = await daemon.engine.api.run('binnmu', given, asOscar);
  assert.ok(answer._tag === 'Right', JSON.stringify(answer));
  return (answer.right.json as { binNmu: string }).binNmu;
};

const isOver = ({ binNmus, notices }: Daemon['world']): boolean =>
  binNmus.open.size === 0 && binNmus.ended.length > 0 && notices.owed.size === 0;

const statuses = ({ world }: Daemon) =>
  [...(world.binNmus.ended[0]?.rebuilds.values() ?? [])].map(({ planned, status }) => `${planned.source} ${status}`);

const told = ({ mailer }: Machine, at = 'oscar') =>
  mailer.taken.filter(({ to, subject }) => to.address === `${at}@example.org` && subject.includes('REBUILT'));

describe('A binNMU as a whole', () => {
  it('is cancelled: what is built stays, what waits is taken back, what runs is ended', async (test) => {
    const { on, daemon } = await withPackages(test);
    on.builder.behave(({ source, binNmu }) => (binNmu !== undefined && source === 'greet' ? 'hangs' : 'succeeds'));
    const id = await plan(daemon, 'libfoo,greet,shout');
    await daemon.until(() => on.builder.runs.some(({ source, binNmu }) => source === 'greet' && binNmu !== undefined));
    await daemon.rests();
    assert.deepEqual((await asks(daemon, 'cancel', { builds: id, architecture: amd64 })).refused, ['whole-binnmu']);
    const planned = await asks(daemon, 'cancel', { builds: id, 'dry-run': 'true' });
    assert.deepEqual(planned.ends, {
      goes: ['greet 1.0-1~acme13+1+b1 amd64: it is ended.', 'shout 1.0-1~acme13+1+b1 amd64: it is not built.'],
      depends: ['Who asked for it, and who follows one of its packages, is told by mail what came of it.'],
      stays: ['libfoo 1.0-1~acme13+1+b1 amd64 in trixie-acme-unstable.', 'All else in trixie-acme-unstable, as it is.'],
    });
    assert.deepEqual(eventsOf(on, 'BinNmuCancelled'), []);
    const { plain } = await asks(daemon, 'cancel', { builds: id, reason: 'another soname' });
    assert.match(plain ?? '', /in trixie-acme-unstable: cancelled \(1 over before, 1 ended, 1 taken back\)\n$/);
    assert.ok(await daemon.until(isOver));
    assert.deepEqual(statuses(daemon), ['libfoo installed', 'greet cancelled', 'shout cancelled']);
    assert.deepEqual(on.builder.underWay(), []);
    assert.match(
      (await asks(daemon, 'progress', { stream: `binnmu-${id}` })).plain ?? '',
      /^binNMU in trixie-acme-unstable, cancelled \(another soname\): 1 of 3 installed; greet /,
    );
    assert.match((await asks(daemon, 'why', { builds: 'shout' })).plain ?? '', /was cancelled: another soname/);
    assert.deepEqual((await asks(daemon, 'cancel', { builds: id })).refused, ['no-build']);
    assert.equal(eventsOf(on, 'BinNmuScheduled').length, 2);
    on.builder.behave(() => 'succeeds');
    await plan(daemon, 'greet,shout');
    assert.ok(await daemon.until(({ binNmus }) => binNmus.ended.length === 2));
    assert.deepEqual(statuses(daemon), ['greet installed', 'shout installed']);
  });

  it('is cancelled to the end though the daemon is killed when that is said', async (test) => {
    const { on, daemon } = await withPackages(test);
    on.builder.behave(({ binNmu }) => (binNmu === undefined ? 'succeeds' : 'hangs'));
    const id = await plan(daemon, 'libfoo,greet,alone');
    await daemon.until(() => on.builder.underWay().length === 2);
    await daemon.kill();
    const dying = await boot(on);
    await dying.until(() => on.builder.underWay().length === 2);
    const cancelled = dying.engine.recorded$.subscribe(({ event }) => {
      if (event.type === 'BinNmuCancelled') void dying.kill();
    });
    await Promise.race([asks(dying, 'cancel', { builds: id }), dying.rests()]);
    cancelled.unsubscribe();
    assert.ok(dying.isDead());
    assert.deepEqual([eventsOf(on, 'BinNmuCancelled').length, eventsOf(on, 'BuildCancelled').length], [1, 0]);
    const next = await boot(on);
    assert.ok(await next.until(({ binNmus }) => binNmus.open.size === 0));
    assert.deepEqual(statuses(next).toSorted(), ['alone cancelled', 'greet cancelled', 'libfoo cancelled']);
    await next.kill();
  });

  it('is planned beside everything else, and refused where something became of its sources meanwhile', async (test) => {
    const held: (() => void)[] = [];
    const gate = { isShut: false };
    /** Nobody reads lists of packages, or a .dsc, while the gate is shut. */
    const slowly = (on: Machine): Machine => ({
      ...on,
      archive: {
        ...on.archive,
        packages: async (...given) => {
          if (gate.isShut) await new Promise<void>((resolve) => held.push(resolve));
          return on.archive.packages(...given);
        },
      },
      files: {
        ...on.files,
        path: async (sha256) => {
          if (gate.isShut) await new Promise<void>((resolve) => held.push(resolve));
          return on.files.path(sha256);
        },
      },
    });
    const { on, daemon } = await withPackages(test, [], slowly);
    on.archive.depends('greet', 'libfoo1');
    const migrates = async (source: string) => {
      await asks(daemon, 'migrate', { package: source, distribution: unstable });
      return daemon.world.contents.shelves.get(testing)?.slots.get(source as never)?.present?.version;
    };
    const asked = { distribution: unstable, architecture: amd64, reason };
    gate.isShut = true;
    const planned = asks(daemon, 'binnmu', { ...asked, 'reverse-dependencies-of': 'libfoo1', 'dry-run': 'true' });
    await daemon.until(() => held.length > 0);
    assert.equal(await migrates('alone'), first);
    gate.isShut = false;
    for (const letGo of held.splice(0)) letGo();
    assert.match((await planned).plain ?? '', /^greet 1\.0-1\S+ would be built again as /);
    gate.isShut = true;
    const refused = asks(daemon, 'binnmu', { ...asked, package: 'greet' });
    await daemon.until(() => held.length > 0);
    await asks(daemon, 'remove', { package: 'greet', distribution: unstable });
    gate.isShut = false;
    for (const letGo of held.splice(0)) letGo();
    assert.deepEqual((await refused).refused, ['plan-changed']);
    assert.deepEqual(eventsOf(on, 'BinNmuPlanned'), []);
  });

  it('tells who asked for it, and who follows any of it, once: what is there, and what is not', async (test) => {
    const { on, daemon } = await withPackages(test);
    on.builder.behave(({ source, binNmu }) => (binNmu !== undefined && source === 'greet' ? 'fails' : 'succeeds'));
    await plan(daemon, 'libfoo,greet,shout,alone');
    assert.ok(await daemon.until(isOver));
    const [mail, ...others] = told(on);
    assert.deepEqual(others, []);
    assert.equal(
      mail?.subject,
      '[mini-buildd-acme] REBUILT IN PART (trixie-acme-unstable): 2 of 4 builds (Rebuild against libfoo 2)',
    );
    assert.match(
      mail.text,
      /\nNot there: greet 1\.0-1~acme13\+1\+b1 amd64: failed \(ftbfs in build: [^\n]+\)\nNot there: shout \S+ amd64: dropped \(it is built with packages of greet[^\n]+\nBuilt again: /,
    );
    assert.match(mail.text, /Reason for this mail: You asked for it\./);
    on.builder.behave(() => 'succeeds');
    await plan(daemon, 'greet,shout');
    assert.ok(await daemon.until((world) => world.binNmus.ended.length === 2 && isOver(world)));
    assert.deepEqual(
      told(on).map(({ subject }) => subject.replace(/^\S+ /, '')),
      [
        'REBUILT IN PART (trixie-acme-unstable): 2 of 4 builds (Rebuild against libfoo 2)',
        'REBUILT (trixie-acme-unstable): 2 of 2 builds (Rebuild against libfoo 2)',
      ],
    );
  });

  it('tells who follows one of its packages, who did not ask', async (test) => {
    const grover = '00000000000000aa' as typeof oscar;
    const { on, daemon } = await withPackages(test, [
      { type: 'AccountRegistered', account: grover },
      { type: 'AccountActivated', account: grover },
      { type: 'SubscriptionAdded', account: grover, package: 'alone' as never, distribution: null },
    ]);
    await on.people.add({
      ...{ account: grover, login: 'grover' as never, fullName: 'Grover' as never },
      email: 'grover@example.org' as never,
    });
    await plan(daemon, 'libfoo');
    assert.ok(await daemon.until(isOver));
    assert.equal(told(on, 'grover').length, 0);
    await plan(daemon, 'alone,greet');
    assert.ok(await daemon.until((world) => world.binNmus.ended.length === 2 && isOver(world)));
    assert.equal(told(on, 'grover').length, 1);
  });

  it('goes on where one comes out as it was, to the byte, and tries that no more', async (test) => {
    const before = new Map<string, BuildResult>();
    /** greet gives its packages versions of their own, and is reproducible. */
    const reproducible = (on: Machine): Machine => ({
      ...on,
      builder: {
        ...on.builder,
        build: async (order, cancel) => {
          const key = `${order.source} ${order.architecture}`;
          const known = order.source === 'greet' && order.binNmu !== undefined ? before.get(key) : undefined;
          const result = known ?? (await on.builder.build(order, cancel));
          before.set(key, result);
          return result;
        },
      },
    });
    const { on, daemon } = await withPackages(test, [], reproducible);
    await plan(daemon, 'greet,shout');
    assert.ok(await daemon.until(isOver));
    assert.deepEqual(statuses(daemon), ['greet unchanged', 'shout installed']);
    assert.deepEqual(
      eventsOf(on, 'BinNmuRefused').map(({ rule }) => rule),
      ['nothing-new'],
    );
    assert.match(told(on)[0]?.subject ?? '', /REBUILT \(trixie-acme-unstable\): 2 of 2 builds/);
    await plan(daemon, 'greet');
    assert.ok(await daemon.until(({ binNmus }) => binNmus.ended.length === 2));
    assert.deepEqual(daemon.faults, []);
  });

  it('is told apart from another version where distributions are compared', async (test) => {
    const { daemon } = await withPackages(test);
    await asks(daemon, 'migrate', { package: 'greet,alone', distribution: unstable });
    await daemon.rests();
    await plan(daemon, 'greet');
    assert.ok(await daemon.until(isOver));
    await daemon.uploads(sourceUpload({ source: 'alone', version: version('1.0-2~acme13+1') }));
    await daemon.until(({ uploads }) => uploads.open.size === 0);
    await daemon.rests();
    const { plain, json } = await asks(daemon, 'compare', { one: unstable, other: testing });
    assert.match(plain ?? '', /^alone +other version +1\.0-2~acme13\+1 +1\.0-1~acme13\+1 +first$/m);
    assert.match(
      plain ?? '',
      /^greet +other packages +1\.0-1~acme13\+1 \(all, amd64 \+b1, arm64\) +1\.0-1~acme13\+1 \(all, amd64, arm64\) +first$/m,
    );
    assert.equal((json as { same: number }).same, 0);
    const only = await asks(daemon, 'compare', { one: testing, other: unstable, kind: 'packages' });
    assert.match(only.plain ?? '', /greet +other packages .* second$/m);
    assert.doesNotMatch(only.plain ?? '', /alone|shout/);
  });
});
