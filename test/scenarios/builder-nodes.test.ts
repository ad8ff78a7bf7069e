import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { overviewParts } from '../../src/adapters/http/views/administration/overview-page.ts';
import { buildersNow } from '../../src/app/builders-now.ts';
import { distributionDefaults } from '../../src/domain/configuration/defaults.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import { duty } from '../../src/ports/tell.ts';
import { asks } from '../support/asks.ts';
import { amd64, arm64, chrootConfigured, configured, ernie, trixieConfigured } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { addNode, type MemoryNode, startNode } from '../support/node-in-memory.ts';
import { sourceUpload } from '../support/source-upload.ts';

const admin = { privilege: 'admin', actor: { kind: 'account', name: '00000000000000ad' }, shown: 'password' } as const;

const onlyAmd64: DaemonEvent = {
  ...trixieConfigured,
  architectures: trixieConfigured.architectures.filter(({ architecture }) => architecture === amd64),
};

/** An instance whose daemon keeps the archive and builds nothing. */
const archiveOnly = async (test: TestContext): Promise<{ readonly on: Machine; readonly archive: Daemon }> => {
  const on = await machine(test, [...configured, onlyAmd64, { type: 'EngineStarted' }]);
  const archive = await boot(on, undefined, 0);
  test.after(archive.kill);
  return { on, archive };
};

const nodeOf = async (
  test: TestContext,
  on: Machine,
  archive: Daemon,
  name: string,
  more?: Parameters<typeof startNode>[3],
): Promise<MemoryNode> => {
  const node = await startNode(on, await addNode(archive, name), () => archive, more);
  test.after(node.kill);
  return node;
};
const published = (archive: Daemon) => archive.until(({ uploads }) => uploads.ended[0]?.status === 'published');
const building = (archive: Daemon, node: MemoryNode) =>
  archive.until(({ builds }) =>
    [...builds.claimed.values()].some(({ builder, status }) => builder === node.name && status === 'building'),
  );

describe('An archive that builds nothing itself', () => {
  it('has everything built by a node, in a chroot that the node made', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, { ...on, anchors: async (url) => `believed at ${url}` }, archive, 'bert');
    await archive.uploads(sourceUpload());
    assert.ok(await published(archive));
    const [assigned] = eventsOf(on, 'BuildAssigned');
    assert.deepEqual(
      [assigned?.builder, assigned?.because],
      ['bert', 'bert has a chroot for trixie/amd64 and room (2 builds at once)'],
    );
    assert.equal(on.builder.runs.length, 0);
    const [run] = bert.builder.runs;
    assert.match(run?.aptSources ?? '', /^URIs: http:\/\/[^1].*\/repositories\/acme\/$/m, 'where everybody reaches it');
    assert.match(run?.aptCertificates ?? '', /^believed at http:\/\/[^1]/);
    assert.deepEqual(bert.chroots.prepared, ['trixie-amd64'], 'and none for arm64');
    const place = { builder: ernie, room: 0, tags: [] };
    const now = () => buildersNow(archive.world, place, { heard: () => undefined });
    assert.deepEqual(now(), [
      { name: ernie, running: 0, room: 0, note: undefined },
      { name: 'bert', running: 0, room: 2, note: 'node, builds for trixie/amd64' },
    ]);
    assert.deepEqual(
      eventsOf(on, 'NodeChrootPrepared').map(({ node, purpose, codename, architecture }) => [
        node,
        purpose,
        codename,
        architecture,
      ]),
      [['bert', 'builds', 'trixie', 'amd64']],
    );
  });

  it('checks nothing itself either: a node does, and it says so', async (test) => {
    const checks = { ...distributionDefaults.checks, lintian: { mode: 'error', options: [] } } as const;
    const on = await machine(test, [...configured, { ...onlyAmd64, checks }, { type: 'EngineStarted' }]);
    const archive = await boot(on, undefined, 0);
    test.after(archive.kill);
    const why = async () => (await asks(archive, 'why', { builds: 'hello' })).plain ?? '';
    const bert = await nodeOf(test, on, archive, 'bert', { hasTools: false });
    await archive.uploads(sourceUpload());
    await archive.until(({ checks }) => checks.open.size > 0);
    await archive.rests();
    assert.deepEqual([on.checker.runs.length, bert.checker.runs.length], [0, 0]);
    assert.match(
      await why(),
      /waits for lintian: nothing is checked on ernie, and no node has a chroot for checks of trixie\/amd64/,
    );
    const oscar = await nodeOf(test, on, archive, 'oscar');
    oscar.checker.behave(() => 'hangs');
    await archive.until(() => oscar.checker.runs.length === 1);
    assert.match(await why(), /waits for lintian: it runs on oscar, attempt 1/);
    await oscar.engine.stop();
    await archive.rests();
    assert.match(await why(), /waits for lintian: it is next where there is a place: oscar \(stopped\)/);
    oscar.kill();
    const again = await startNode(on, oscar.name, () => archive);
    test.after(again.kill);
    assert.ok(await published(archive));
    assert.equal(on.checker.runs.length, 0);
  });

  it('says of a build that waits where it could be built', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const why = async () => {
      const [build] = archive.world.builds.open.values();
      return archive.engine.api
        .run('uploads', {}, admin)
        .then((answer) => JSON.stringify(answer).includes(build?.id ?? '') && JSON.stringify(answer));
    };
    await archive.uploads(sourceUpload());
    await archive.until(({ builds }) => builds.open.size > 0);
    assert.match(String(await why()), /nothing is built on ernie, and no other builder fits/);
    const bert = await nodeOf(test, on, archive, 'bert', { room: 1 });
    bert.builder.behave(() => 'hangs');
    assert.ok(await building(archive, bert));
  });

  it('gives each build to the node with the lowest load, and no node more than it has room for', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const [bert, oscar] = [
      await nodeOf(test, on, archive, 'bert', { room: 1 }),
      await nodeOf(test, on, archive, 'oscar'),
    ];
    for (const each of [bert, oscar]) each.builder.behave(() => 'hangs');
    for (const name of ['one', 'two', 'three', 'four']) await archive.uploads(sourceUpload({ source: name }));
    await archive.until(() => bert.builder.runs.length + oscar.builder.runs.length >= 3);
    await archive.rests();
    assert.deepEqual([bert.builder.underWay().length, oscar.builder.underWay().length], [1, 2]);
  });
});

describe('A node that falls silent', () => {
  it('loses its builds when its lease runs out, and another one builds them', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    bert.builder.behave(() => 'hangs');
    await archive.uploads(sourceUpload());
    assert.ok(await building(archive, bert));
    const oscar = await nodeOf(test, on, archive, 'oscar');
    bert.kill();
    assert.ok(await published(archive));
    const [withdrawn] = eventsOf(on, 'BuildWithdrawn');
    assert.match(JSON.stringify(withdrawn), /"builder":"bert","reason":"nothing was heard of it for 6\d s"/);
    assert.match(JSON.stringify(archive.engine.concerns()), /node bert is silent: its builds go elsewhere/);
    assert.doesNotMatch(JSON.stringify(archive.engine.concerns()), /node oscar/);
    const { sealing, ...overview } = archive.engine.administration.overview();
    assert.match(
      overviewParts({ ...overview, sealing }).attention.toString(),
      /node bert is silent: its builds go elsewhere<.*href="\/mini_buildd\/administration\/nodes\/bert">look/,
    );
    const standing = async (node: string) =>
      (await archive.engine.administration.node(node, admin))?.line?.standing.state;
    assert.deepEqual([await standing('bert'), await standing('oscar')], ['silent', 'works']);
    const { json } = await asks(archive, 'machines', { kind: 'node', state: 'troubled' });
    assert.match(JSON.stringify(json), /"found":1,.*"name":"bert".*it is silent/);
    assert.equal(oscar.builder.runs.length, 1);
    assert.equal(eventsOf(on, 'BuildSucceeded').length, 1);
  });

  it('because it cannot reach the log, though it reaches the archive, loses them too', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    bert.builder.behave(() => 'hangs');
    await archive.uploads(sourceUpload());
    assert.ok(await building(archive, bert));
    const oscar = await nodeOf(test, on, archive, 'oscar');
    bert.loseLog();
    assert.ok(await published(archive));
    assert.equal(eventsOf(on, 'BuildWithdrawn')[0]?.builder, 'bert');
    const [concern] = archive.engine.concerns();
    assert.equal(concern?.fact, 'node bert can record nothing (the log is away): its builds go elsewhere');
    assert.match(JSON.stringify((await asks(archive, 'status', {})).json), /can record nothing \(the log is away\)/);
    const before = on.store.events.length;
    await archive.rests();
    assert.equal(on.store.events.length, before, 'nothing is tried in vain for ever');
    bert.findLog();
    assert.ok(await archive.until(() => archive.engine.concerns().length === 0));
    assert.equal(oscar.builder.runs.length, 1);
  });

  it('and wakes up later changes nothing by what it says then', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    await archive.until(
      ({ nodes }) => (nodes.get(bert.name)?.templates.builds.get('trixie-amd64')?.prepared ?? undefined) !== undefined,
    );
    let isAsleep = false;
    bert.builder.behave(() => {
      // It falls asleep as the build begins, which ends meanwhile.
      isAsleep = true;
      bert.sleep();
      return 'succeeds';
    });
    await archive.uploads(sourceUpload());
    await archive.until(() => isAsleep);
    const oscar = await nodeOf(test, on, archive, 'oscar');
    assert.ok(await published(archive));
    const before = on.store.events.length;
    bert.wake();
    await archive.rests();
    assert.deepEqual(
      on.store.events
        .slice(before)
        .map(({ body }) => body.type)
        .filter((type) => type.startsWith('Build')),
      [],
    );
    assert.deepEqual(
      eventsOf(on, 'BuildSucceeded').map(({ attempt }) => attempt),
      [2],
    );
    assert.equal(oscar.builder.runs[0]?.attempt, 2);
  });

  it('before it began what it was given does not keep it', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    await archive.until(
      ({ nodes }) => (nodes.get(bert.name)?.templates.builds.get('trixie-amd64')?.prepared ?? undefined) !== undefined,
    );
    await archive.rests();
    bert.sleep();
    await archive.uploads(sourceUpload());
    assert.ok(
      await archive.until(({ builds }) => [...builds.claimed.values()].some(({ status }) => status === 'assigned')),
    );
    const oscar = await nodeOf(test, on, archive, 'oscar');
    assert.ok(await published(archive));
    assert.deepEqual([bert.builder.runs.length, oscar.builder.runs[0]?.attempt], [0, 1]);
  });

  it('is found by an archive that was restarted meanwhile', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    bert.builder.behave(() => 'hangs');
    await archive.uploads(sourceUpload());
    assert.ok(await building(archive, bert));
    bert.kill();
    await archive.kill();
    const next = await boot(on, undefined, 0);
    test.after(next.kill);
    assert.ok(await next.until(({ builds }) => builds.claimed.size === 0));
    assert.equal(eventsOf(on, 'BuildWithdrawn').length, 1);
  });
});

describe('A node', () => {
  it('that is restarted gives back what it was building', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    bert.builder.behave(() => 'hangs');
    await archive.uploads(sourceUpload());
    assert.ok(await building(archive, bert));
    bert.kill();
    const again = await startNode(on, bert.name, () => archive);
    test.after(again.kill);
    assert.ok(await published(archive));
    assert.deepEqual(
      eventsOf(on, 'BuildGivenBack').map(({ reason }) => reason),
      ['the daemon was restarted'],
    );
    assert.equal(again.builder.runs[0]?.attempt, 2);
  });

  it('that is restarted as its builds are taken from it begins all the same', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    bert.builder.behave(() => 'hangs');
    await archive.uploads(sourceUpload());
    assert.ok(await building(archive, bert));
    const [build] = archive.world.builds.claimed.values();
    assert.ok(build);
    bert.kill();
    const log = await on.openLog();
    const taken = {
      command: 'WithdrawBuild',
      build: build.id,
      attempt: 1,
      builder: 'bert',
      reason: 'silence',
    } as const;
    // By the time that it says that it begins it has read what it had.
    const between = async (...given: Parameters<typeof log.append>) => {
      const done = await log.append(...given);
      if (given[2].some(({ body }) => body.type === 'NodeStarted'))
        await archive.engine.tell(taken, duty('withdraw-from-nodes', build.requested.upload, build.changedBy));
      return done;
    };
    const again = await startNode(
      { ...on, openLog: async () => ({ ...log, append: between }) },
      bert.name,
      () => archive,
    );
    test.after(again.kill);
    await nodeOf(test, on, archive, 'oscar');
    assert.ok(await published(archive));
    assert.deepEqual(eventsOf(on, 'BuildGivenBack'), []);
    assert.deepEqual([eventsOf(on, 'BuildWithdrawn').length, again.lost()], [1, undefined]);
  });

  it('that is stopped in order gives its builds back, and is given none', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    bert.builder.behave(() => 'hangs');
    await archive.uploads(sourceUpload());
    assert.ok(await building(archive, bert));
    await bert.engine.stop();
    assert.deepEqual(eventsOf(on, 'BuildInterrupted').length, 1);
    await archive.until(({ nodes }) => nodes.get(bert.name)?.process === undefined);
    for (let n = 0; n < 40; n += 1) {
      on.clock.advance(1000);
      await archive.rests();
    }
    assert.equal(archive.world.builds.claimed.size, 0);
  });

  it('that is stopped in order is not given again what it gives back, until it is started again', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    bert.builder.behave(() => 'hangs');
    for (const source of ['one', 'two', 'three']) await archive.uploads(sourceUpload({ source }));
    await archive.until(() => bert.builder.runs.length === 2);
    const before = on.store.events.length;
    await bert.engine.stop();
    await archive.until(({ builds }) => builds.claimed.size === 0);
    const said = on.store.events.slice(before).map(({ body }) => body.type);
    assert.deepEqual(said, ['NodeStopped', 'BuildInterrupted', 'BuildInterrupted']);
    bert.kill();
    const again = await startNode(on, bert.name, () => archive);
    test.after(again.kill);
    assert.ok(await archive.until(({ uploads }) => uploads.ended.length === 3));
    assert.equal(again.builder.runs.length, 3);
  });

  it('that is stopped before it began what it was given is given it when it is back', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    await archive.until(
      ({ nodes }) => (nodes.get(bert.name)?.templates.builds.get('trixie-amd64')?.prepared ?? undefined) !== undefined,
    );
    await archive.rests();
    bert.sleep();
    await archive.uploads(sourceUpload());
    await archive.until(({ builds }) => [...builds.claimed.values()].some(({ status }) => status === 'assigned'));
    const token = archive.world.nodes.get(bert.name)?.process?.token ?? 0;
    await archive.engine.tell({ command: 'StopNode', node: bert.name, token }, duty('work-as-node', bert.name));
    assert.ok(await archive.until(({ builds }) => builds.claimed.size === 0));
    assert.deepEqual([eventsOf(on, 'BuildInterrupted').length, eventsOf(on, 'BuildWithdrawn').length], [1, 0]);
    bert.kill();
    const again = await startNode(on, bert.name, () => archive);
    test.after(again.kill);
    assert.ok(await published(archive));
  });

  it('that another process works as ends', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    const twin = await startNode(on, bert.name, () => archive);
    test.after(twin.kill);
    await archive.until(() => bert.lost() !== undefined);
    assert.equal(bert.lost(), 'another process works as bert by now');
    assert.equal(twin.lost(), undefined);
  });

  it('that is removed ends, and what it was building goes elsewhere at once', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const bert = await nodeOf(test, on, archive, 'bert');
    bert.builder.behave(() => 'hangs');
    await archive.uploads(sourceUpload());
    assert.ok(await building(archive, bert));
    const removed = await archive.engine.api.run('node', { action: 'remove', node: 'bert' }, admin);
    assert.match(JSON.stringify(removed), /bert is removed, and its secret opens nothing; 1 builds go elsewhere/);
    assert.ok(await archive.until(({ builds }) => builds.claimed.size === 0));
    await archive.until(() => bert.lost() !== undefined);
    assert.equal(bert.lost(), 'bert is no node any more');
    assert.equal(archive.engine.nodes.admits('bert', 'anything'), undefined);
  });

  it('is let in by the secret that it was given, shown once, of which only the hash is on the log', async (test) => {
    const { on, archive } = await archiveOnly(test);
    const answer = await archive.engine.api.run('node', { action: 'add', node: 'bert' }, admin);
    const login = 'right' in answer ? String((answer.right.json as { login: string }).login) : '';
    const [name = '', secret = ''] = login.split(':');
    assert.equal(archive.engine.nodes.admits(name, secret), 'bert' as NodeName);
    assert.equal(archive.engine.nodes.admits(name, `${secret}x`), undefined);
    assert.equal(archive.engine.nodes.admits('oscar', secret), undefined);
    assert.ok(!JSON.stringify(on.store.events).includes(secret));
    assert.match(
      JSON.stringify(await archive.engine.api.run('node', { action: 'add', node: ernie }, admin)),
      /node-exists/,
    );
    assert.match(
      JSON.stringify(await archive.engine.api.run('node', { action: 'add', node: 'bert' }, admin)),
      /node-exists/,
    );
    assert.match(
      JSON.stringify(await archive.engine.api.run('node', { action: 'list' }, admin)),
      /bert: does not work/,
    );
  });

  it('builds for an architecture that nobody else has, and checks what was built where it has the tools', async (test) => {
    const { on, archive } = await archiveOnly(test);
    await archive.configure(chrootConfigured(arm64));
    const bert = await nodeOf(test, on, archive, 'bert', { architectures: [arm64] });
    const oscar = await nodeOf(test, on, archive, 'oscar', { architectures: [amd64] });
    assert.ok(await archive.until(() => bert.chroots.prepared.length > 0 && oscar.chroots.prepared.length > 0));
    assert.deepEqual([bert.chroots.prepared, oscar.chroots.prepared], [['trixie-arm64'], ['trixie-amd64']]);
  });
});
