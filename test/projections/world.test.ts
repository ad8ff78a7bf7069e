import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rollCall } from '../../src/app/nodes/roll-call.ts';
import type { RepositoryPublished } from '../../src/domain/archive/events.ts';
import { instant } from '../../src/domain/codec.ts';
import type { ConfigurationEvent } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { assignments } from '../../src/projections/assignment.ts';
import { assignedTo, buildOf, buildsOf, running, waiting } from '../../src/projections/build-queue.ts';
import { publicationOf } from '../../src/projections/publication-of.ts';
import { isStale } from '../../src/projections/publications.ts';
import { leftOver, templateFor } from '../../src/projections/templates.ts';
import { mostEnded, replayOf, storyOf, unjudged } from '../../src/projections/uploads.ts';
import { load, whyWaiting } from '../../src/projections/waiting-reason.ts';
import { foldWorld, newWorld, type World } from '../../src/projections/world.ts';
import {
  acme,
  acmeConfigured,
  amd64,
  archiveFingerprint,
  arm64,
  chrootPrepared,
  configured,
  ernie,
  eventId,
  hello3,
  hello4,
  helloAccepted,
  helloAssigned,
  helloBuild,
  helloFailed,
  helloGivenBack,
  helloInstalled,
  helloReceived,
  helloReleased,
  helloRequested,
  helloReserved,
  helloStarted,
  helloSucceeded,
  main,
  now,
  recordedAll,
  stored,
  trixie,
  unstable,
  uploadId,
} from '../support/fixed-examples.ts';

const worldAfter = (...events: readonly DaemonEvent[]): World => {
  const world = newWorld();
  for (const each of recordedAll(events)) foldWorld(world, each);
  return world;
};

const first = uploadId(1);
const place = { builder: ernie, room: 1, tags: [] };

const published = (news: Partial<RepositoryPublished> = {}): RepositoryPublished => ({
  type: 'RepositoryPublished',
  repository: acme,
  generation: 1,
  upTo: null,
  configuredBy: null,
  date: instant(now),
  validUntil: null,
  signedBy: [archiveFingerprint],
  releases: [],
  ...news,
});

const rejected: DaemonEvent = { type: 'UploadRejected', upload: first, rule: 'replay', fact: 'x', remedy: 'y' };

const mainRoad: readonly DaemonEvent[] = [
  ...configured,
  { type: 'EngineStarted' },
  chrootPrepared(amd64),
  chrootPrepared(arm64),
  helloReceived(),
  helloReserved(),
  helloAccepted(),
  helloRequested(first, amd64),
  helloRequested(first, arm64),
  helloAssigned(ernie, first, amd64),
  helloStarted(1, first, amd64),
  helloGivenBack(1, first, amd64),
  helloAssigned(ernie, first, amd64),
  helloStarted(2, first, amd64),
  helloSucceeded(2, first, amd64),
  helloAssigned(ernie, first, arm64),
  helloStarted(1, first, arm64),
  helloSucceeded(1, first, arm64),
  helloInstalled(),
  published({ upTo: eventId(configured.length + 17) }),
  { type: 'PublishFailed', repository: acme, rule: 'publish-failed', fact: 'x', remedy: 'y' },
  { type: 'ChrootFailed', codename: trixie, architecture: arm64, stage: 'download', fact: 'x' },
];

describe('The world', () => {
  it('is the same after each replay', () => {
    assert.deepEqual(worldAfter(...mainRoad), worldAfter(...mainRoad));
  });

  it('passes over what it has seen: the log delivers at least once', () => {
    const world = newWorld();
    for (const each of recordedAll(mainRoad)) {
      foldWorld(world, each);
      foldWorld(world, each);
    }
    for (const each of recordedAll(mainRoad)) foldWorld(world, each);
    assert.deepEqual(world, worldAfter(...mainRoad));
    assert.equal(world.events, mainRoad.length);
  });

  it('knows whether the engine runs', () => {
    const stopped: ConfigurationEvent = { type: 'EngineStopped', reason: 'service' };
    assert.equal(worldAfter().engine, 'stopped');
    assert.equal(worldAfter({ type: 'EngineStarted' }).engine, 'started');
    assert.equal(worldAfter({ type: 'EngineStarted' }, stopped).engine, 'stopped');
  });
});

describe('Uploads', () => {
  const status = (...events: readonly DaemonEvent[]) => storyOf(worldAfter(...events).uploads, first)?.status;
  const installed = [helloReceived(), helloReserved(), helloAccepted(), helloInstalled()];

  it('go from received to published', () => {
    assert.equal(status(helloReceived()), 'received');
    assert.equal(status(helloReceived(), helloReserved()), 'received');
    assert.equal(status(...installed.slice(0, 3)), 'accepted');
    assert.equal(status(...installed), 'installed');
    assert.equal(status(...installed, published({ upTo: eventId(4) })), 'published');
  });

  it('end when they are rejected, or released', () => {
    assert.equal(status(helloReceived(), rejected), 'rejected');
    const released = worldAfter(...installed.slice(0, 3), helloReleased()).uploads;
    assert.equal(storyOf(released, first)?.status, 'failed');
    assert.equal(storyOf(released, first)?.refusal?.fact, helloReleased().reason);
    assert.equal(released.open.size, 0);
  });

  it('are rejected, not failed, where a claim is let go on the way', () => {
    const events = [...configured, helloReceived(), helloReserved(), helloReleased()];
    const { uploads } = worldAfter(...events);
    assert.equal(storyOf(uploads, first)?.status, 'received');
    assert.deepEqual(
      unjudged(uploads).map(({ id }) => id),
      [first],
    );
    const after = worldAfter(...events, rejected).uploads;
    assert.deepEqual([storyOf(after, first)?.status, storyOf(after, first)?.refusal?.rule], ['rejected', 'replay']);
    assert.deepEqual([after.every.get(first)?.status, after.every.get(first)?.reason], ['rejected', undefined]);
    assert.equal(after.open.size + after.unjudged.size, 0);
  });

  it('are published only as far as the publication reaches', () => {
    const second = uploadId(2);
    const two = [
      ...installed,
      helloReceived(second, hello4),
      helloReserved(second, hello4),
      helloAccepted(second, hello4),
      helloInstalled(second, hello4),
    ];
    const uploads = worldAfter(...two, published({ upTo: eventId(4) })).uploads;
    assert.equal(storyOf(uploads, first)?.status, 'published');
    assert.equal(storyOf(uploads, second)?.status, 'installed');
    const later = worldAfter(...two, published({ upTo: eventId(4) }), published({ upTo: eventId(8) })).uploads;
    assert.equal(storyOf(later, second)?.status, 'published');
  });

  it('are published by whatever publication came after them, of what else it may be', () => {
    const { repository, source, version, distribution } = helloInstalled();
    const gone: DaemonEvent = { type: 'PackageRemoved', repository, source, version, distribution, change: null };
    assert.equal(status(...installed, gone, published({ upTo: eventId(5) })), 'published');
    assert.equal(status(...installed, gone, published({ upTo: null })), 'installed');
  });

  it('are not published by a renewal of what apt saw before', () => {
    assert.equal(status(...installed, published({ upTo: null })), 'installed');
    assert.equal(status(...installed, published({ upTo: eventId(99) })), 'installed');
  });

  it('wait for a verdict in the order in which they came', () => {
    const { uploads } = worldAfter(helloReceived(first), helloReceived(uploadId(2), hello4), rejected);
    assert.deepEqual(
      unjudged(uploads).map(({ id }) => id),
      [uploadId(2)],
    );
  });

  it('are replays while the version is held or installed, and not after it was released or rejected', () => {
    const { changes } = helloReceived();
    const replay = (...events: readonly DaemonEvent[]) => replayOf(worldAfter(...events).uploads, changes);
    assert.equal(replay(helloReceived()), undefined);
    assert.equal(replay(helloReceived(), rejected), undefined);
    assert.equal(replay(...installed.slice(0, 3)), first);
    assert.equal(replay(...installed), first);
    assert.equal(replay(...installed, helloReceived(uploadId(2))), first);
    assert.equal(replay(...installed.slice(0, 3), helloReleased()), undefined);
  });

  it('are kept in mind for a while after they ended', () => {
    const many = Array.from({ length: mostEnded + 1 }, (_, n) => uploadId(n + 1));
    const { uploads } = worldAfter(
      ...many.map((id) => helloReceived(id)),
      ...many.map((upload): DaemonEvent => ({ ...rejected, upload }) as DaemonEvent),
    );
    assert.equal(uploads.ended.length, mostEnded);
    assert.equal(uploads.ended[0]?.id, many.at(-1));
    assert.equal(storyOf(uploads, first), undefined);
  });
});

describe('The build queue', () => {
  const story = (...events: readonly DaemonEvent[]) => {
    const found = buildOf(worldAfter(helloRequested(), ...events).builds, helloBuild());
    return found && [found.status, found.attempts, found.builder];
  };
  const started = [helloAssigned(), helloStarted()];

  it('says how a build stands after each event', () => {
    assert.deepEqual(story(), ['needs-build', 0, undefined]);
    assert.deepEqual(story(helloAssigned()), ['assigned', 0, ernie]);
    assert.deepEqual(story(...started), ['building', 1, ernie]);
    assert.deepEqual(story(...started, helloGivenBack()), ['needs-build', 1, undefined]);
    assert.deepEqual(story(...started, helloSucceeded()), ['built', 1, ernie]);
    assert.deepEqual(story(...started, helloFailed()), ['failed', 1, ernie]);
    assert.deepEqual(story(...started, { type: 'BuildSkipped', build: helloBuild(), attempt: 1, log: stored('log') }), [
      'skipped',
      1,
      ernie,
    ]);
    assert.deepEqual(story({ type: 'BuildCancelled', build: helloBuild(), reason: 'withdrawn' }), [
      'cancelled',
      0,
      undefined,
    ]);
  });

  it('holds each build in one place', () => {
    const at = (...events: readonly DaemonEvent[]) => {
      const { builds } = worldAfter(helloRequested(), ...events);
      return [waiting(builds), assignedTo(builds, ernie), running(builds, ernie), builds.ended].map(
        (all) => all.length,
      );
    };
    assert.deepEqual(at(), [1, 0, 0, 0]);
    assert.deepEqual(at(helloAssigned()), [0, 1, 0, 0]);
    assert.deepEqual(at(helloAssigned('bert')), [0, 0, 0, 0]);
    assert.deepEqual(at(...started), [0, 0, 1, 0]);
    assert.deepEqual(at(...started, helloSucceeded()), [0, 0, 0, 1]);
  });

  it('remembers the ended builds of an upload until it is installed or released', () => {
    const built = [helloReceived(), helloAccepted(), helloRequested(), ...started, helloSucceeded()];
    assert.equal(buildsOf(worldAfter(...built).builds, first).length, 1);
    const other: DaemonEvent = { type: 'BuildCancelled', build: helloBuild(first, arm64), reason: 'asked for' };
    const { binaries } = helloSucceeded();
    const installed = helloInstalled(first, hello3, {
      binaries: binaries.map((binary) => ({ ...binary, component: main })),
    });
    assert.equal(buildsOf(worldAfter(...built, installed).builds, first).length, 1, 'another build may come late');
    assert.equal(buildsOf(worldAfter(...built, other, installed).builds, first).length, 0);
    assert.equal(buildsOf(worldAfter(...built, other, helloReleased()).builds, first).length, 0);
  });
});

describe('A waiting build', () => {
  const ready: readonly DaemonEvent[] = [...configured, { type: 'EngineStarted' }, chrootPrepared(amd64)];
  const withoutChroots = configured.filter(({ type }) => type !== 'ChrootConfigured');
  const why = (...events: readonly DaemonEvent[]) => {
    const world = worldAfter(...events, helloRequested());
    const build = buildOf(world.builds, helloBuild());
    return (
      build && [
        whyWaiting(build, world, place),
        assignments(
          world,
          place,
          { heard: () => undefined },
          0,
          rollCall(
            () => 0,
            () => true,
          ),
        ).length,
      ]
    );
  };

  it('is next when nothing stands against it', () => assert.deepEqual(why(...ready), ['it is next', 1]));
  it('waits while the engine is stopped', () =>
    assert.deepEqual(why(...ready, { type: 'EngineStopped', reason: 'x' }), ['the engine is stopped', 0]));
  it('waits for a chroot that nobody configured', () =>
    assert.deepEqual(why(...withoutChroots, { type: 'EngineStarted' }), [
      'no builder has a chroot for trixie/amd64',
      0,
    ]));
  it('waits for its repository to come back', () => {
    assert.deepEqual(why(...ready, { ...acmeConfigured, codenames: [] }), [
      'repository acme has no distribution trixie any more',
      0,
    ]);
    assert.deepEqual(why({ type: 'EngineStarted' }), ['repository acme is not configured any more', 0]);
  });
  it('waits for a chroot that is being prepared', () =>
    assert.deepEqual(why(...configured, { type: 'EngineStarted' }), [
      'the chroot for trixie/amd64 is being prepared',
      0,
    ]));
  it('waits for a place', () => {
    const other = helloRequested(uploadId(2));
    const taken = [other, helloAssigned(ernie, uploadId(2))];
    assert.deepEqual(why(...ready, ...taken), ['all 1 places of ernie are taken', 0]);
    assert.equal(load(worldAfter(...ready, ...taken), place), 1);
  });
  it('uses the old template when a refresh failed', () => {
    const failed: DaemonEvent = { type: 'ChrootFailed', codename: trixie, architecture: amd64, stage: 'x', fact: 'y' };
    assert.deepEqual(why(...ready, failed), ['it is next', 1]);
  });
});

describe('Templates', () => {
  const chrootLost = { type: 'ChrootLost', codename: trixie, architecture: amd64, generation: '1' } as const;
  const of = (...events: readonly DaemonEvent[]) =>
    templateFor(worldAfter(...events).templates, { codename: trixie, architecture: amd64 });
  const failed: DaemonEvent = { type: 'ChrootFailed', codename: trixie, architecture: amd64, stage: 'x', fact: 'y' };

  it('are made anew after their chroot was configured anew', () => {
    assert.equal(of(...configured, chrootPrepared(), ...configured).prepared, undefined);
  });
  it('forget a failure when they are prepared', () => {
    assert.equal(of(...configured, failed).failed?.fact, 'y');
    assert.equal(of(...configured, failed, chrootPrepared()).failed, undefined);
  });
  it('lie about when their chroot is removed, until they are removed too', () => {
    const removed: DaemonEvent = { type: 'ChrootRemoved', codename: trixie, architecture: amd64 };
    const lost: DaemonEvent = { ...chrootLost, fact: 'removed with its chroot' };
    const after = (...events: readonly DaemonEvent[]) => leftOver(worldAfter(...configured, ...events).templates);
    assert.deepEqual(after(chrootPrepared(), removed), [chrootPrepared()]);
    assert.deepEqual(after(chrootPrepared(), removed, lost), []);
    assert.deepEqual(after(removed), []);
    assert.deepEqual(after(removed, chrootPrepared()), [chrootPrepared()], 'it was being prepared when it was removed');
  });
});

describe('A publication', () => {
  const dayInMs = 86_400_000;
  const at = (events: readonly DaemonEvent[], when = now) => {
    const { publications, clock } = worldAfter(...events);
    const publication = publications.get(acme);
    return publication && isStale(publication, clock, when);
  };
  const configuredBy = eventId(configured.findIndex(({ type }) => type === 'RepositoryConfigured') + 1);
  const fresh = published({ configuredBy });

  it('is owed for a new repository', () => assert.equal(at(configured), true));
  it('is owed for nothing before there is a repository', () => assert.equal(at([]), undefined));
  it('is not owed after it was made', () => assert.equal(at([...configured, fresh]), false));
  it('is owed after a package was installed', () => assert.equal(at([...configured, fresh, helloInstalled()]), true));
  it('is not owed when it holds that package', () =>
    assert.equal(
      at([...configured, helloInstalled(), published({ configuredBy, upTo: eventId(configured.length + 1) })]),
      false,
    ));
  it('is owed after its repository, layout, distribution, instance or key changed', () => {
    for (const event of configured) {
      const changes = !['SourceConfigured', 'ChrootConfigured'].includes(event.type);
      assert.equal(at([...configured, fresh, event]), changes, event.type);
    }
  });
  it('is renewed when half of its validity is left', () => {
    const valid = published({ configuredBy, validUntil: instant(now + 14 * dayInMs) });
    assert.equal(at([...configured, valid], now + 7 * dayInMs), false);
    assert.equal(at([...configured, valid], now + 7 * dayInMs + 1), true);
  });
  it('is never renewed without an end', () => assert.equal(at([...configured, fresh], now + 9999 * dayInMs), false));
  it('remembers a failure until it succeeds', () => {
    const failure: DaemonEvent = { type: 'PublishFailed', repository: acme, rule: 'r', fact: 'disk full', remedy: 'm' };
    assert.equal(worldAfter(...configured, failure).publications.get(acme)?.failure?.fact, 'disk full');
    assert.equal(worldAfter(...configured, failure, fresh).publications.get(acme)?.failure, undefined);
  });

  it('shows apt the suites and their rollbacks', () => {
    const world = worldAfter(...configured, helloInstalled(), helloInstalled(uploadId(2), hello4));
    const wanted = publicationOf(world, acme, instant(now));
    assert.equal(wanted?.validUntil, instant(now + 14 * dayInMs));
    assert.equal(wanted?.distributions.length, 6 + 6 + 12 + 9 + 3 + 4 + 6);
    const [suite, rollback, next] = ['', '-rollback0', '-rollback1'].map((suffix) =>
      wanted?.distributions.find(({ name }) => name === `${unstable}${suffix}`),
    );
    assert.deepEqual(
      [suite, rollback, next].map((each) => each?.holds.map(({ version }) => version)),
      [[hello4], [hello3], []],
    );
    assert.deepEqual(
      { ...rollback, holds: [] },
      {
        name: 'trixie-acme-unstable-rollback0',
        origin: 'Mini-Buildd archive acme on buildd.example.org',
        label: 'trixie-acme-unstable-rollback0',
        description: 'unstable packages for trixie-acme: Automatic rollback distribution #0',
        components: ['main', 'contrib'],
        architectures: ['amd64', 'arm64'],
        notAutomatic: true,
        butAutomaticUpgrades: false,
        isRollback: true,
        holds: [],
      },
    );
  });

  it('does not exist before the instance has a name', () => {
    const nameless = configured.filter(({ type }) => type !== 'InstanceConfigured');
    assert.equal(publicationOf(worldAfter(...nameless), acme, instant(now)), undefined);
  });
});
