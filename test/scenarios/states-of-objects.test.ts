import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { overviewParts } from '../../src/adapters/http/views/administration/overview-page.ts';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import type { Caller } from '../../src/domain/account/caller.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { Confinement } from '../../src/ports/builder.ts';
import { servedPages } from '../../src/served-pages.ts';
import { asks } from '../support/asks.ts';
import { type FakeArchiveAnswer, fakeUpstream } from '../support/fake-upstream.ts';
import { acme, configured, ernie, stored } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, machine } from '../support/in-memory-daemon.ts';

const administrator: Caller = {
  privilege: 'admin',
  actor: { kind: 'administrator', name: 'example' },
  shown: 'password',
};

const release = 'http://deb.debian.example.org/debian/dists/trixie/InRelease';
const away = { refused: refusal('no-answer', 'the mirror does not answer', 'wait, or name another mirror') };

/** An instance that draws from archives which `answers` may take away. */
const drawing = async (test: TestContext, confinement?: Confinement) => {
  const answers = new Map<string, FakeArchiveAnswer>();
  const on = { ...(await machine(test)), upstream: fakeUpstream(answers), ...(confinement && { confinement }) };
  const daemon = await boot(on);
  test.after(daemon.kill);
  await daemon.until(({ templates }) => [...templates.values()].every(({ prepared }) => prepared !== undefined));
  await daemon.rests();
  return { answers, on, daemon };
};

const standingOf = async ({ engine }: Daemon, section: string, name: string) =>
  (await engine.administration.object(section, name, administrator))?.standing;

const attention = ({ engine }: Daemon): string =>
  engine.administration
    .overview()
    .attention.map(({ fact }) => fact)
    .join('\n');

describe('What needs somebody', () => {
  it('is the same at home and in administration, the machine included, and leads to the manual', async (test) => {
    const confinement = { network: true, processes: true, bounds: 'the kernel has no control groups' } as const;
    const { answers, on, daemon } = await drawing(test, confinement);
    answers.set(release, away);
    on.clock.advance(7 * 3_600_000);
    assert.ok(await daemon.until(({ sources }) => [...sources.values()].some(({ failed }) => failed !== undefined)));
    const log = openMemoryLog(on.store, on.clock.now);
    const place = { builder: ernie, room: 4, tags: [] };
    const atHome = servedPages(daemon.engine, log, { confinement, place, clock: on.clock }).home().attention;
    const { sealing, ...model } = daemon.engine.administration.overview();
    assert.deepEqual(model.attention, atHome);
    assert.match(attention(daemon), /^builds are not bounded: the kernel has no control groups$/m);
    assert.match(attention(daemon), /source debian-trixie is unusable/);
    const shown = overviewParts({ ...model, sealing }).attention.toString();
    assert.match(
      shown,
      /<a href="\/mini_buildd\/doc\/recovery#builds">see the manual on what the machine must give<\/a>/,
    );
    assert.match(shown, /href="\/mini_buildd\/administration\/sources\/debian-trixie">look/);
  });
});

describe('What is declared', () => {
  it('loses its good state with what it builds upon, and gets it back, without anybody doing something', async (test) => {
    const { answers, on, daemon } = await drawing(test);
    assert.equal((await standingOf(daemon, 'sources', 'debian-trixie'))?.state, 'usable');
    assert.equal((await standingOf(daemon, 'distributions', 'trixie'))?.state, 'ready');
    answers.set(release, away);
    on.clock.advance(7 * 3_600_000);
    assert.ok(await daemon.until(({ sources }) => [...sources.values()].some(({ failed }) => failed !== undefined)));
    const source = await standingOf(daemon, 'sources', 'debian-trixie');
    assert.deepEqual([source?.state, source?.look], ['unusable', 'bad']);
    assert.match(source?.reason ?? '', /the mirror does not answer/);
    assert.ok(source?.since !== undefined);
    assert.deepEqual(
      (await standingOf(daemon, 'distributions', 'trixie'))?.reason,
      'source debian-trixie cannot be drawn from',
    );
    assert.match(attention(daemon), /source debian-trixie is unusable\ndistribution trixie is in trouble/);
    answers.delete(release);
    on.clock.advance(3_600_000);
    assert.ok(await daemon.until(({ sources }) => [...sources.values()].every(({ failed }) => failed === undefined)));
    assert.equal((await standingOf(daemon, 'sources', 'debian-trixie'))?.state, 'usable');
    assert.equal((await standingOf(daemon, 'distributions', 'trixie'))?.state, 'ready');
    assert.doesNotMatch(attention(daemon), /trixie/);
    assert.ok(eventsOf(on, 'SourceCheckFailed').length === 1, 'only news are told');
  });

  it('is brought about anew by itself when it is changed', async (test) => {
    const { on, daemon } = await drawing(test);
    const published = eventsOf(on, 'RepositoryPublished').length;
    await asks(daemon, 'apply', { configuration: 'repositories: { acme: { validForDays: 3 } }' });
    await daemon.until(() => eventsOf(on, 'RepositoryPublished').length > published);
    await daemon.rests();
    assert.equal((await standingOf(daemon, 'repositories', 'acme'))?.state, 'published');
    assert.ok(eventsOf(on, 'RepositoryPublished').length > published);
  });

  it('is brought about anew where what it consists of is changed: apt sees what came', async (test) => {
    const { on, daemon } = await drawing(test);
    const names = () => on.archive.seen(acme)?.distributions.map(({ name }) => name as string) ?? [];
    assert.ok(!names().includes('trixie-acme-proposed'));
    const layout = configured.find((event) => event.type === 'LayoutConfigured') ?? assert.fail('there is no layout');
    const [last = assert.fail('it has no suites')] = layout.suites.slice(-1);
    await daemon.configure({ ...layout, suites: [...layout.suites, { ...last, suite: 'proposed' as never }] });
    assert.ok(await daemon.until(() => names().includes('trixie-acme-proposed')));
    const published = eventsOf(on, 'RepositoryPublished').length;
    await asks(daemon, 'apply', { configuration: 'distributions: { trixie: { components: [main, contrib, rare] } }' });
    assert.ok(await daemon.until(() => eventsOf(on, 'RepositoryPublished').length > published));
    assert.equal((await standingOf(daemon, 'repositories', 'acme'))?.state, 'published');
  });

  it('is changed as a whole or not at all: what is right in a document waits for what is wrong', async (test) => {
    const { daemon } = await drawing(test);
    const before = daemon.world.configuration;
    const configuration = 'repositories: { acme: { validForDays: 3 } }\nchroots: { trixie-amd64: { kind: nothing } }\n';
    const { refused } = await asks(daemon, 'apply', { configuration });
    assert.deepEqual(refused, ['malformed-declaration']);
    assert.equal(daemon.world.configuration, before);
  });

  it('stays when somebody looked at what its removal would do, and did not agree', async (test) => {
    const { daemon } = await drawing(test);
    const removal = await daemon.engine.administration.removal('chroots', 'trixie-arm64');
    assert.ok(removal?.proposal !== undefined);
    assert.match(removal.ends.goes.join(), /trixie-arm64/);
    assert.ok(daemon.world.configuration.chroots.has('trixie-arm64'));
  });
});

describe('A remote that does not answer', () => {
  it('may be activated before it does, keeps no engine from its start, and is said to be lost', async (test) => {
    const { on, daemon } = await drawing(test);
    const remote = 'bert.example.org:8066';
    const fingerprint = 'D'.repeat(40);
    const key = stored(`${fingerprint}.asc`);
    await daemon.configure({ type: 'RemoteConfigured', remote, url: `http://${remote}`, fingerprint, key } as never);
    await daemon.configure({ type: 'RemoteActivated', remote, repositories: [], tags: [] } as never);
    await daemon.configure({ type: 'RemoteLost', remote, rule: 'no-answer', fact: 'nobody answers' } as never);
    await daemon.kill();
    const next = await boot(on);
    test.after(next.kill);
    assert.equal(next.world.engine, 'started');
    assert.match(attention(next), /the remote bert\.example\.org:8066 is lost/);
    assert.equal((await standingOf(next, 'instance', 'instance'))?.state, 'running');
    assert.ok(next.world.configuration.repositories.has(acme));
  });
});
