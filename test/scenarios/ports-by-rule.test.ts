import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { queueLengths } from '../../src/projections/queue-lengths.ts';
import { mostAnHour } from '../../src/reactors/update-ports.ts';
import { activated, oscar, registered } from '../support/account-examples.ts';
import { asks } from '../support/asks.ts';
import { acmeConfigured, distribution, unstable, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { dscOf, offeredBy, portedFromSid, presentIn } from '../support/ported-from-sid.ts';
import { sourceUpload } from '../support/source-upload.ts';

const building: DaemonEvent = { ...acmeConfigured, portUpdates: 'build' };
const experimental = distribution('trixie-acme-experimental');
const hour = 3_600_000;

const byRule = (on: Machine) =>
  on.store.events.filter(({ actor, body }) => actor.name === 'update-ports' && body.type === 'PortRequested').length;

describe('A port that was overtaken, where the repository builds such', () => {
  it('is built by itself, once, with the reasons on record', async (test) => {
    const { on, daemon, holds, laterOn, published } = await portedFromSid(test, [building]);
    await laterOn();
    assert.equal(byRule(on), 0);
    holds('sid', '1.0-3');
    await laterOn();
    assert.ok(await daemon.until(published('1.0-3~acme13+1')));
    await laterOn();
    await laterOn();
    assert.equal(byRule(on), 1);
    assert.equal(eventsOf(on, 'PortOvertaken').length, 1);
    assert.equal(await offeredBy(daemon), '');
    const [, requested] = eventsOf(on, 'PortRequested');
    const [overtaken] = eventsOf(on, 'PortOvertaken');
    assert.equal(requested?.port, overtaken?.next);
    assert.deepEqual(requested?.origin.kind === 'external' && requested.origin.url, dscOf('goodbye', '1.0-3'));
    assert.deepEqual(requested?.options, ['ignore-lintian=true']);
    const why = (await asks(daemon, 'why', { builds: 'goodbye' })).plain ?? '';
    assert.match(
      why,
      /goodbye 1\.0-3 is in debian-sid, newer than 1\.0-2, which was ported to trixie-acme-unstable \(duty watch-ports\)/,
    );
    assert.match(
      why,
      /port of goodbye 1\.0-3 from http\S+_1\.0-3\.dsc to \S+, as 1\.0-3~acme13\+1 \(duty update-ports\)/,
    );
    assert.match(why, /installed into trixie-acme-unstable/);
    assert.deepEqual(daemon.faults, []);
    daemon.world.ports.ended.length = 0;
    assert.equal((await asks(daemon, 'why', { builds: 'goodbye' })).plain, why, 'the log knows the ports of old');
  });

  it('is left to people when it cannot be, until there is a newer version', async (test) => {
    const { on, daemon, holds, laterOn, published } = await portedFromSid(test, [building]);
    holds('sid', '1.0-3');
    on.fetcher.web.set(dscOf('goodbye', '1.0-3'), 'something else\n');
    await laterOn();
    await daemon.until(() => eventsOf(on, 'PortFailed').length === 1);
    await laterOn();
    await laterOn();
    assert.equal(eventsOf(on, 'PortFailed').length, 1);
    assert.equal(byRule(on), 0);
    assert.match(await offeredBy(daemon), /would be ported as 1\.0-3~acme13\+1, and could not be ported: /);
    holds('sid', '1.0-4');
    await laterOn();
    assert.ok(await daemon.until(published('1.0-4~acme13+1')));
    assert.equal(byRule(on), 1);
  });

  it('is not built from a .dsc that the signed list does not mean, though it can be read', async (test) => {
    const { on, daemon, holds, laterOn } = await portedFromSid(test, [building]);
    holds('sid', '1.0-3');
    const other = sourceUpload({ source: 'goodbye', version: version('1.0-3'), signedBy: null, flavour: 'evil' });
    for (const { name, bytes } of other.files) on.fetcher.web.set(new URL(name, dscOf('goodbye', '1.0-3')).href, bytes);
    await laterOn();
    await daemon.until(() => eventsOf(on, 'PortFailed').length === 1);
    assert.equal(eventsOf(on, 'PortFailed')[0]?.rule, 'dsc-mismatch');
    assert.equal(byRule(on), 0);
  });

  it('is tried for an hour while it cannot be reached, and no longer', async (test) => {
    const { on, daemon, holds, laterOn } = await portedFromSid(test, [building]);
    holds('sid', '1.0-3');
    on.fetcher.outage.isOn = true;
    await laterOn();
    assert.ok(await daemon.until(() => daemon.faults.some(({ duty }) => duty === 'update-ports')));
    assert.deepEqual(eventsOf(on, 'PortFailed'), []);
    for (let n = 0; n < 5; n += 1) {
      on.clock.leap(hour / 2);
      await daemon.rests();
    }
    assert.deepEqual(
      eventsOf(on, 'PortFailed').map(({ rule }) => rule),
      ['unreachable'],
    );
  });

  it('is one of so many an hour, whatever happens upstream', async (test) => {
    const names = Array.from({ length: mostAnHour + 3 }, (_, at) => `goodbye${at}`);
    const { on, daemon, holds, laterOn } = await portedFromSid(test, [building], names);
    holds('sid', '1.0-3');
    await laterOn();
    const isBuilt = (source: string) => presentIn(daemon, source) === '1.0-3~acme13+1';
    await daemon.until(() => names.filter(isBuilt).length === mostAnHour);
    on.clock.leap(hour / 2);
    await daemon.rests();
    assert.equal(byRule(on), mostAnHour);
    on.clock.leap(hour / 2 + 60_000);
    await daemon.rests();
    assert.ok(await daemon.until(() => names.every(isBuilt)));
    assert.equal(byRule(on), names.length);
  });

  it('is not built while the engine is stopped, nor when a person did so before', async (test) => {
    const { on, daemon, holds, laterOn, published } = await portedFromSid(test, [building]);
    await asks(daemon, 'stop');
    holds('sid', '1.0-3');
    await laterOn();
    assert.equal(eventsOf(on, 'PortOvertaken').length, 1);
    assert.equal(byRule(on), 0);
    await asks(daemon, 'start');
    await asks(daemon, 'portext', { dsc: dscOf('goodbye', '1.0-3'), distributions: unstable });
    assert.ok(await daemon.until(published('1.0-3~acme13+1')));
    await laterOn();
    assert.equal(byRule(on), 0);
  });

  it('is built once though the daemon is killed anywhere', async (test) => {
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n += 2) {
        const { on, daemon, holds, laterOn, start, published } = await portedFromSid(test, [building]);
        await daemon.kill();
        holds('sid', '1.0-3');
        const dying = await start({ n, when });
        if (!dying.isDead()) await laterOn(dying);
        const isOver = !dying.isDead();
        await dying.kill();
        const next = await start();
        await next.rests();
        await laterOn(next);
        assert.ok(await next.until(published('1.0-3~acme13+1', 'goodbye', next)), `${when} step ${n}`);
        assert.equal(eventsOf(on, 'PortOvertaken').length, 1, `${when} step ${n}`);
        assert.equal(byRule(on), 1, `${when} step ${n}`);
        assert.equal(eventsOf(on, 'PackageInstalled').length, 2, `${when} step ${n}`);
        await next.kill();
        if (isOver) break;
      }
    }
  });
});

/** hello is in unstable, and ported from there to experimental. */
const portedWithin = async (test: TestContext, more: readonly DaemonEvent[] = []) => {
  const on = await machine(test);
  const daemon = await boot(on);
  test.after(() => daemon.kill());
  for (const event of more) await daemon.configure(event);
  await daemon.uploads(sourceUpload());
  await daemon.until(() => presentIn(daemon, 'hello') === '2.10-3~acme13+1');
  await asks(daemon, 'port', { package: 'hello', from_distribution: unstable, to_distributions: experimental });
  await daemon.until(() => presentIn(daemon, 'hello', experimental) === '2.10-3~acme13+0');
  return { on, daemon };
};

const newer = version('2.10-4~acme13+1');

const tick = async (on: Machine, daemon: Daemon): Promise<void> => {
  on.clock.leap(16_000);
  await daemon.rests();
};

describe('A port from a distribution of ours', () => {
  it('is offered anew when that has a newer version, as long as it has', async (test) => {
    const { on, daemon } = await portedWithin(test);
    await tick(on, daemon);
    assert.equal(await offeredBy(daemon), '');
    await daemon.uploads(sourceUpload({ version: newer }));
    await daemon.until(() => presentIn(daemon, 'hello') === newer);
    await tick(on, daemon);
    await tick(on, daemon);
    assert.equal(
      await offeredBy(daemon),
      'hello 2.10-4~acme13+1 is in trixie-acme-unstable, newer than 2.10-3~acme13+1, which was ported to trixie-acme-experimental\n  would be ported as 2.10-4~acme13+0: port hello trixie-acme-unstable trixie-acme-experimental\n',
    );
    assert.equal(eventsOf(on, 'PortOutdated').length, 1);
    assert.equal(eventsOf(on, 'PortRequested').length, 1, 'it is offered, and no more');
    assert.match(
      (await asks(daemon, 'status')).plain ?? '',
      /^Ports {7}: 1 overtaken where it came from: see portupdates$/m,
    );
    assert.doesNotMatch((await asks(daemon, 'status', {}, 'login')).plain ?? '', /overtaken/);
    assert.equal(queueLengths(daemon.world).find(({ queue }) => queue === 'ports-overtaken')?.length, 1);
    await asks(daemon, 'remove', { package: 'hello', distribution: unstable });
    await daemon.until(() => presentIn(daemon, 'hello') === undefined);
    assert.equal(await offeredBy(daemon), '');
  });

  it('is built by itself where its repository does so', async (test) => {
    const { on, daemon } = await portedWithin(test, [building]);
    await daemon.uploads(sourceUpload({ version: newer }));
    await daemon.until(() => presentIn(daemon, 'hello') === newer);
    await tick(on, daemon);
    await tick(on, daemon);
    assert.ok(await daemon.until(() => presentIn(daemon, 'hello', experimental) === '2.10-4~acme13+0'));
    assert.equal(byRule(on), 1);
    assert.match(
      (await asks(daemon, 'why', { builds: 'hello' })).plain ?? '',
      /hello 2\.10-4~acme13\+1 is in trixie-acme-unstable, newer than 2\.10-3~acme13\+1, which was ported to trixie-acme-experimental \(duty outdate-ports\)/,
    );
    await tick(on, daemon);
    assert.equal(await offeredBy(daemon), '');
    assert.deepEqual(daemon.faults, []);
  });

  it('is asked for once where its upload asks for it besides, by auto-ports', async (test) => {
    const { on, daemon } = await portedWithin(test, [building]);
    const changelog = `* MINI_BUILDD_OPTION: auto-ports=${experimental}`;
    await daemon.uploads(sourceUpload({ version: newer, changelog }));
    assert.ok(await daemon.until(() => presentIn(daemon, 'hello', experimental) === '2.10-4~acme13+0'));
    await tick(on, daemon);
    await tick(on, daemon);
    assert.equal(eventsOf(on, 'PortOutdated').length, 0);
    assert.equal(eventsOf(on, 'PortRequested').length, 2);
  });

  it('is the same when it was built again where it stands, and is not outdated by a rebuild where it came from', async (test) => {
    const { on, daemon } = await portedWithin(test);
    const again = (name: string) =>
      asks(daemon, 'port', { package: 'hello', from_distribution: name, to_distributions: name });
    await again(unstable);
    await daemon.until(() => /\+rebuilt/.test(presentIn(daemon, 'hello') ?? ''));
    await again(experimental);
    await daemon.until(() => /\+rebuilt/.test(presentIn(daemon, 'hello', experimental) ?? ''));
    await tick(on, daemon);
    assert.equal(eventsOf(on, 'PortOutdated').length, 0);
    await daemon.uploads(sourceUpload({ version: newer }));
    await daemon.until(() => presentIn(daemon, 'hello') === newer);
    await tick(on, daemon);
    assert.match(await offeredBy(daemon), /^hello 2\.10-4~acme13\+1 is in trixie-acme-unstable/);
  });
});

describe('Who follows a package', () => {
  const follows: DaemonEvent = {
    type: 'SubscriptionAdded',
    account: oscar,
    package: 'goodbye' as never,
    distribution: null,
  };

  it('is told by mail when its port was overtaken, and when a rule cannot have what overtook it', async (test) => {
    const { on, daemon, holds, laterOn } = await portedFromSid(test, [building, registered, activated, follows]);
    await on.people.add({
      ...{ account: oscar, login: 'oscar' as never, fullName: 'Oscar' as never },
      email: 'oscar@example.org' as never,
    });
    holds('sid', '1.0-3');
    on.fetcher.web.set(dscOf('goodbye', '1.0-3'), 'something else\n');
    await laterOn();
    await daemon.until(({ notices }) => eventsOf(on, 'PortFailed').length === 1 && notices.owed.size === 0);
    const told = on.mailer.taken.filter(({ subject }) => !subject.includes('INSTALLED'));
    assert.deepEqual(
      told.map(({ to, subject }) => [to.address, subject]),
      [
        ['oscar@example.org', '[mini-buildd-acme] NEWER (trixie-acme-unstable): goodbye 1.0-3'],
        ['oscar@example.org', '[mini-buildd-acme] NOT PORTED (trixie-acme-unstable): goodbye 1.0-3'],
      ],
    );
    assert.match(
      told[0]?.text ?? '',
      /Fact: goodbye 1\.0-3 is in debian-sid, newer than 1\.0-2, which was ported to trixie-acme-unstable\nWhat to do: nothing; it is ported by itself\n/,
    );
    assert.match(told[1]?.text ?? '', /Not ported: [^\n]+\nWhat to do: [^\n]+; then portext http/);
  });
});
