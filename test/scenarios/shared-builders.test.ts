import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { left, right } from 'fp-ts/lib/Either.js';
import type { BuilderTag } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { Wake } from '../../src/ports/waker.ts';
import { whyWaiting } from '../../src/projections/waiting-reason.ts';
import { acmeConfigured, amd64, chrootConfigured } from '../support/fixed-examples.ts';
import { boot, eventsOf } from '../support/in-memory-daemon.ts';
import { addNode, startNode } from '../support/node-in-memory.ts';
import { sourceUpload } from '../support/source-upload.ts';
import {
  acquaint,
  activate,
  chrootsOnly,
  instances,
  type Member,
  onlyAmd64,
  pass,
  publisherOnly,
  together,
  withRepository,
} from '../support/two-instances.ts';

/** Ernie has repositories and nothing to build in, grover builds; they trust each other and have found each other. */
const ernieAndGrover = async (test: TestContext, ernieHas: readonly DaemonEvent[] = publisherOnly) => {
  const { network, of } = await instances(test, { ernie: ernieHas, grover: chrootsOnly });
  const { ernie, grover } = of;
  await acquaint(ernie, grover);
  await activate(ernie, grover);
  await together([ernie, grover], () => trusts(ernie, grover) && trusts(grover, ernie));
  return { network, ernie, grover };
};

const trusts = (here: Member, there: Member): boolean =>
  here.daemon.engine.administration
    .machines()
    .remotes.some(
      ({ remote, trustsUs, chroots, state }) =>
        remote === there.place &&
        trustsUs &&
        state === 'found' &&
        (chroots.length > 0 || there.daemon.world.templates.size === 0),
    );

/** What the page of the only build says of why it does not run. */
const waitsFor = ({ daemon }: Member): string | undefined => {
  const build = onlyBuild({ daemon } as Member);
  return build && whyWaiting(build, daemon.world, { builder: 'ernie', room: 4, tags: [] });
};

const published = ({ daemon }: Member): boolean => daemon.world.uploads.ended[0]?.status === 'published';
const onlyBuild = ({ daemon }: Member) => [...daemon.world.builds.open.values(), ...daemon.world.builds.ended][0];

describe('An instance without chroots', () => {
  it('has everything built by a builder for others, log and packages come back, and nothing is left', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    assert.deepEqual(
      await ernie.daemon.uploads(sourceUpload()),
      Array.from({ length: 4 }, () => 'received'),
    );
    await together([ernie, grover], () => published(ernie));
    const [assigned] = eventsOf(ernie.on, 'BuildAssigned');
    assert.deepEqual(
      [assigned?.builder, assigned?.because],
      [grover.place, `${grover.place} has a chroot for trixie/amd64 and room (4 builds at once)`],
    );
    const [dispatched] = eventsOf(ernie.on, 'BuildDispatched');
    assert.equal(dispatched?.request.name, 'hello_2.10-3~acme13+1_mini-buildd-buildrequest_amd64.changes');
    const [received] = eventsOf(grover.on, 'BuildrequestReceived');
    assert.equal(received?.request, dispatched?.request.sha256);
    const [run] = grover.on.guests.runs;
    assert.deepEqual(
      [run?.source, run?.codename, run?.archAll, run?.sources[0]?.name, run?.sources.length],
      ['hello', 'trixie', true, 'hello_2.10-3~acme13+1.dsc', 3],
    );
    assert.match(run?.aptSources ?? '', /^URIs: http:\/\/ernie\.example\.org:8066\/repositories\/acme\/$/m);
    assert.ok(run?.aptHosts.includes('ernie.example.org:8066') && run.aptHosts.includes('deb.debian.example.org:80'));
    const [succeeded] = eventsOf(ernie.on, 'BuildSucceeded');
    assert.deepEqual(succeeded?.binaries.map(({ file }) => file.name).sort(), [
      'hello-doc_2.10-3~acme13+1_all.deb',
      'hello_2.10-3~acme13+1_amd64.deb',
    ]);
    assert.equal(succeeded?.log.name, 'hello_2.10-3~acme13+1_amd64.buildlog.gz');
    assert.deepEqual(
      grover.on.store.events
        .filter(({ stream }) => stream.startsWith('buildrequest-'))
        .map(({ body }) => (body as DaemonEvent).type),
      ['BuildrequestReceived', 'BuildrequestStarted', 'BuildresultMade', 'BuildresultSent'],
    );
    await pass([ernie, grover], 4300);
    assert.deepEqual([await ernie.on.exchange.list(), await grover.on.exchange.list()], [[], []]);
  });

  it('gives nothing to a builder whose disk is full, until there is room there', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    const GiB = 1024 ** 3;
    const seen = { free: 0, size: 100 * GiB, freeFiles: 0, files: 0 };
    await grover.daemon.kill();
    grover.daemon = await boot({ ...grover.on, homeRoom: () => seen });
    await pass([ernie, grover], 60);
    await ernie.daemon.uploads(sourceUpload());
    await pass([ernie, grover], 120);
    assert.deepEqual([eventsOf(ernie.on, 'BuildAssigned'), grover.on.guests.runs], [[], []]);
    seen.free = 50 * GiB;
    await together([ernie, grover], () => published(ernie));
    assert.equal(eventsOf(ernie.on, 'BuildAssigned')[0]?.builder, grover.place);
  });

  it('gives along by what its address is believed, and nothing else with it', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    await ernie.daemon.kill();
    ernie.daemon = await boot({
      ...ernie.on,
      anchors: async (url) => `${url}\n${certificate.replace('IIB', 'I\tIB')}${certificate}`,
    });
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => published(ernie));
    assert.deepEqual(
      grover.on.guests.runs.map(({ aptCertificates }) => aptCertificates),
      [certificate],
    );
  });

  for (const [how, type] of [
    ['fails', 'BuildFailed'],
    ['is skipped', 'BuildSkipped'],
    [{ waitsFor: ['libgreet-dev'] }, 'BuildDepWaited'],
  ] as const) {
    it(`learns that a build there ${typeof how === 'string' ? how : 'waits for dependencies'}`, async (test) => {
      const { ernie, grover } = await ernieAndGrover(test);
      grover.on.guests.behave(() => how);
      await ernie.daemon.uploads(sourceUpload());
      await together([ernie, grover], () => eventsOf(ernie.on, type).length > 0);
      const [event] = eventsOf(ernie.on, type);
      if (event?.type === 'BuildFailed')
        assert.deepEqual([event.class, event.fact], ['ftbfs', 'make: *** [all] Error 2']);
      if (event?.type === 'BuildDepWaited') assert.deepEqual(event.waitsFor, ['libgreet-dev']);
      assert.equal(eventsOf(ernie.on, 'BuildStarted').length, 1);
    });
  }

  it('shows the log of a build there while it grows, and cancels it there', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    grover.on.guests.behave(() => 'hangs');
    grover.on.guests.writes(() => 'configuring\n');
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => {
      const build = onlyBuild(ernie);
      return build !== undefined && ernie.daemon.engine.liveLog(build.id)?.end() === 'configuring\n';
    });
    const build = onlyBuild(ernie);
    assert.ok(build);
    const caller = {
      privilege: 'admin',
      actor: { kind: 'account', name: '00000000000000ad' },
      shown: 'password',
    } as const;
    assert.equal((await ernie.daemon.engine.api.run('cancel', { builds: build.id }, caller))._tag, 'Right');
    await together([ernie, grover], () => eventsOf(grover.on, 'BuildrequestCancelled').length === 1);
    await together([ernie, grover], () => grover.on.guests.underWay().length === 0);
    assert.equal(ernie.daemon.engine.liveLog(build.id), undefined);
    assert.equal(eventsOf(grover.on, 'BuildresultSent').length, 0);
  });
});

describe('A build', () => {
  it('goes to the builder with the lowest load, here or elsewhere, and the reason is on record', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test, [...withRepository, onlyAmd64]);
    ernie.on.builder.behave(() => 'hangs');
    grover.on.guests.behave(() => 'hangs');
    for (const source of ['one', 'two', 'three']) await ernie.daemon.uploads(sourceUpload({ source }));
    await together([ernie, grover], () => eventsOf(ernie.on, 'BuildStarted').length === 3);
    const builders = eventsOf(ernie.on, 'BuildAssigned').map(({ builder }) => builder);
    assert.deepEqual(builders, ['ernie', grover.place, 'ernie']);
    assert.match(
      eventsOf(ernie.on, 'BuildAssigned')[1]?.because ?? '',
      /^grover\.example\.org:8066 has the lowest load \(0\.00\) of those with a chroot for trixie\/amd64 and room: ernie 0\.25$/,
    );
  });

  it('for an architecture that only a remote has is built there', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test, [
      ...withRepository.filter((event) => event.type !== 'ChrootConfigured' || event.architecture === amd64),
    ]);
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => published(ernie));
    const byArchitecture = eventsOf(ernie.on, 'BuildAssigned').map(({ build, builder }) => [build.slice(27), builder]);
    assert.deepEqual(
      byArchitecture.find(([architecture]) => architecture === 'arm64'),
      ['arm64', grover.place],
    );
  });

  it('of another repository than those that a remote builds for stays here', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    await ernie.remote({ action: 'activate', instance: grover.place, repository: 'other' });
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => onlyBuild(ernie) !== undefined);
    await pass([ernie, grover], 60);
    assert.equal(eventsOf(ernie.on, 'BuildAssigned').length, 0);
  });
});

describe('A repository that asks for certain builders', () => {
  const asking = (...builders: string[]) => ({ ...acmeConfigured, builders: builders as BuilderTag[] });

  it('is built by those that are called so or have the tag, whatever the load elsewhere, and the reason says so', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test, [...withRepository, onlyAmd64]);
    await ernie.daemon.configure(asking('big'));
    await ernie.daemon.uploads(sourceUpload({ source: 'one' }));
    await pass([ernie, grover], 30);
    assert.equal(eventsOf(ernie.on, 'BuildAssigned').length, 0);
    assert.equal(waitsFor(ernie), 'ernie is not wanted for it; acme is built by big only');
    await ernie.remote({ action: 'activate', instance: grover.place, tags: 'big,quiet' });
    await together([ernie, grover], () => published(ernie));
    const [assigned] = eventsOf(ernie.on, 'BuildAssigned');
    assert.equal(assigned?.builder, grover.place);
    assert.match(assigned?.because ?? '', /; acme is built by big only$/);
    assert.match(await ernie.remote({ action: 'list' }), / active \(big, quiet\), found\n$/);
  });

  it('may name them', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test, [...withRepository, onlyAmd64]);
    await ernie.daemon.configure(asking(grover.place));
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => published(ernie));
    assert.equal(eventsOf(ernie.on, 'BuildAssigned')[0]?.builder, grover.place);
  });
});

describe('A remote that sleeps', () => {
  /** Grover went to sleep; `woken` is whom ernie's command was run for. */
  const asleep = async (
    test: TestContext,
    answer: () => ReturnType<Wake> = async () => right(undefined),
    room = 4,
    more: readonly DaemonEvent[] = [],
  ) => {
    const { network, ernie, grover } = await ernieAndGrover(test);
    const woken: string[] = [];
    const wake: Wake = (remote) => {
      woken.push(remote);
      return answer();
    };
    await ernie.daemon.kill();
    ernie.daemon = await boot({ ...ernie.on, wake }, undefined, room);
    for (const event of more) await ernie.daemon.configure(event);
    network.cut(grover.place);
    await together([ernie, grover], () => eventsOf(ernie.on, 'RemoteLost').length > 0, 5);
    return { network, ernie, grover, woken };
  };

  it('is woken when a build waits for it alone, found soon, and builds', async (test) => {
    const { network, ernie, grover, woken } = await asleep(test);
    await pass([ernie, grover], 300);
    assert.deepEqual(woken, []);
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(ernie.on, 'RemoteWoken').length > 0);
    assert.match(
      eventsOf(ernie.on, 'RemoteWoken')[0]?.because ?? '',
      /^hello 2\.10-3~acme13\+1 for amd64 \(build \S+-amd64\) waits, and nobody else who is there can build it$/,
    );
    await pass([ernie, grover], 60);
    assert.deepEqual(woken, [grover.place]);
    network.heal(grover.place);
    await together([ernie, grover], () => published(ernie), 5);
    assert.deepEqual(woken, [grover.place]);
  });

  it('is not woken for what a node builds, until that is gone too', async (test) => {
    const { ernie, grover, woken } = await asleep(test, async () => right(undefined), 0, [chrootConfigured(amd64)]);
    const bert = await startNode(ernie.on, await addNode(ernie.daemon, 'bert'), () => ernie.daemon, { room: 1 });
    test.after(bert.kill);
    bert.builder.behave(() => 'hangs');
    await ernie.daemon.uploads(sourceUpload());
    await ernie.daemon.uploads(sourceUpload({ source: 'another' }));
    await together([ernie, grover], () => bert.builder.runs.length === 1);
    await pass([ernie, grover], 300);
    assert.deepEqual(woken, []);
    bert.kill();
    await pass([ernie, grover], 100);
    assert.deepEqual(woken, [grover.place]);
  });

  it('is woken where nothing is built and a chroot is at hand', async (test) => {
    const { ernie, grover, woken } = await asleep(test, async () => right(undefined), 0, [chrootConfigured(amd64)]);
    await together([ernie, grover], () => eventsOf(ernie.on, 'ChrootPrepared').length > 0);
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => woken.length > 0);
    assert.deepEqual(woken, [grover.place]);
  });

  it('and does not come up is woken again, some minutes apart', async (test) => {
    const { ernie, grover, woken } = await asleep(test);
    await ernie.daemon.uploads(sourceUpload());
    await pass([ernie, grover], 1500);
    assert.ok(woken.length >= 2 && woken.length <= 3, `woken ${woken.length} times`);
  });

  it('is not said to be woken by a command that fails, nor by one that is not there', async (test) => {
    const no = left(refusal('not-woken', 'no such host', 'run it by hand'));
    const { ernie, grover, woken } = await asleep(test, async () => no);
    await ernie.daemon.uploads(sourceUpload());
    await pass([ernie, grover], 100);
    assert.ok(woken.length > 0);
    assert.equal(eventsOf(ernie.on, 'RemoteWoken').length, 0);
    assert.equal(await ernie.remote({ action: 'wake', instance: grover.place }), 'not-woken: no such host');
    assert.match(await grover.remote({ action: 'wake', instance: ernie.place }), /^no-wake-command: /);
  });

  it('is woken by hand', async (test) => {
    const { ernie, grover, woken } = await asleep(test);
    assert.match(await ernie.remote({ action: 'wake', instance: grover.place }), /is being woken$/m);
    assert.deepEqual(woken, [grover.place]);
    assert.equal(eventsOf(ernie.on, 'RemoteWoken')[0]?.because, 'an administrator said so');
  });
});

describe('A remote that has a build of ours', () => {
  it('and falls silent loses it; when it comes back with a result, that is too late', async (test) => {
    const { network, ernie, grover } = await ernieAndGrover(test);
    grover.on.guests.behave(() => 'hangs');
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(grover.on, 'BuildrequestStarted').length === 1);
    network.cut(grover.place);
    await together([ernie, grover], () => eventsOf(ernie.on, 'BuildWithdrawn').length === 1, 5);
    const [withdrawn] = eventsOf(ernie.on, 'BuildWithdrawn');
    assert.match(withdrawn?.reason ?? '', /^nothing was heard of it for \d+ s$/);
    assert.equal(onlyBuild(ernie)?.status, 'needs-build');
    network.heal(grover.place);
    await together([ernie, grover], () => eventsOf(grover.on, 'BuildrequestCancelled').length === 1, 5);
    assert.match(eventsOf(grover.on, 'BuildrequestCancelled')[0]?.reason ?? '', /does not wait for it any more$/);
  });

  it('and restarts builds it again, and the result is as good', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    let isHanging = true;
    grover.on.guests.behave(() => (isHanging ? 'hangs' : 'succeeds'));
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(grover.on, 'BuildrequestStarted').length === 1);
    await grover.daemon.kill();
    isHanging = false;
    grover.daemon = await boot(grover.on);
    await together([ernie, grover], () => published(ernie));
    assert.equal(eventsOf(grover.on, 'BuildrequestInterrupted').length, 1);
    assert.equal(eventsOf(ernie.on, 'BuildStarted').length, 1);
  });

  it('goes on while we restart, and its result is taken as if nothing was', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    grover.on.guests.behave(() => 'hangs');
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(grover.on, 'BuildrequestStarted').length === 1);
    await ernie.daemon.kill();
    ernie.daemon = await boot(ernie.on);
    await pass([ernie, grover], 120);
    assert.equal(onlyBuild(ernie)?.status, 'building');
    assert.equal(eventsOf(grover.on, 'BuildrequestCancelled').length, 0);
  });

  it('and is deactivated loses it at once, and nothing it sends counts', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    grover.on.guests.behave(() => 'hangs');
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(grover.on, 'BuildrequestStarted').length === 1);
    await ernie.remote({ action: 'deactivate', instance: grover.place });
    await together([ernie, grover], () => eventsOf(ernie.on, 'BuildWithdrawn').length === 1);
    assert.equal(eventsOf(ernie.on, 'BuildWithdrawn')[0]?.reason, 'it is not active any more');
  });

  it('and lost its chroot declines, which is seen and on record', async (test) => {
    const { ernie, grover } = await ernieAndGrover(test);
    await grover.daemon.configure({
      type: 'ChrootRemoved',
      codename: chrootConfigured(amd64).codename,
      architecture: amd64,
    });
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(ernie.on, 'BuildWithdrawn').length === 1);
    assert.match(
      eventsOf(ernie.on, 'BuildWithdrawn')[0]?.reason ?? '',
      /declined it: no-chroot: there is no chroot for trixie\/amd64 here/,
    );
  });
});
