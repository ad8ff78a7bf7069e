import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RepositoryPublished } from '../../src/domain/archive/events.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { turns } from '../../src/projections/dep-wait.ts';
import { foldWorld, newWorld, type World } from '../../src/projections/world.ts';
import {
  acme,
  amd64,
  archiveFingerprint,
  configured,
  ernie,
  hello3,
  helloAccepted,
  helloAssigned,
  helloDepWaited,
  helloInstalled,
  helloReceived,
  helloRequested,
  helloStarted,
  main,
  now,
  recorded,
  source,
  stored,
  uploadId,
  version,
} from '../support/fixed-examples.ts';

const day = 86_400_000;

/** A world that tells the id of each event it was told. */
const told = () => {
  const world = newWorld();
  let n = 0;
  return {
    world,
    tell: (...events: readonly DaemonEvent[]) => {
      for (const event of events) foldWorld(world, recorded(event, ++n));
      return recorded(configured[0] as DaemonEvent, n).id;
    },
  };
};

const waitsForGreet: readonly DaemonEvent[] = [
  ...configured,
  helloReceived(),
  helloAccepted(),
  helloRequested(),
  helloAssigned(ernie),
  helloStarted(),
  helloDepWaited(),
];

const installed = (name: string, of: string, n: number) =>
  helloInstalled(uploadId(n), version(of), {
    source: source(name),
    binaries: [
      {
        package: `lib${name}-dev`,
        version: version(of),
        architecture: amd64,
        component: main,
        file: stored(`lib${name}-dev_${of}.deb`),
      },
    ],
  });

const publishedUpTo = (upTo: RepositoryPublished['upTo']): RepositoryPublished => ({
  type: 'RepositoryPublished',
  repository: acme,
  upTo,
  configuredBy: null,
  date: instant(now),
  validUntil: null,
  generation: 1,
  signedBy: [archiveFingerprint],
  releases: [],
});

const found = (world: World, at = now + 3_600_000) =>
  turns(world, at).map(({ turn }) => (turn.turn === 'resume' ? turn.because : turn.fact));

describe('A build in dep-wait', () => {
  it('goes on when apt sees what it waits for, though others are installed all the time', () => {
    const { world, tell } = told();
    tell(...waitsForGreet);
    const greet = tell(installed('greet', '2.0', 2));
    tell(installed('other', '1.0', 3));
    assert.deepEqual(found(world), [], 'apt does not see it yet');
    tell(publishedUpTo(greet));
    assert.deepEqual(found(world), ['libgreet-dev 2.0 is in trixie-acme-unstable']);
  });

  it('goes on when it was there before it began to wait', () => {
    const { world, tell } = told();
    tell(...waitsForGreet.slice(0, -1));
    tell(publishedUpTo(tell(installed('greet', '2.0', 2))));
    tell(helloDepWaited());
    assert.equal(found(world).length, 1);
  });

  it('does not go on for what is too old, or is about to be replaced', () => {
    const { world, tell } = told();
    tell(...waitsForGreet);
    tell(publishedUpTo(tell(installed('greet', '1.9', 2))));
    assert.deepEqual(found(world), []);
    const next = tell(installed('greet', '2.0', 3));
    tell(installed('greet', '2.1', 4));
    tell(publishedUpTo(next));
    assert.deepEqual(found(world), [], 'what contents say of greet is not what apt sees');
  });

  it('is owed nothing more once it was resumed, and not for the same once more', () => {
    const { world, tell } = told();
    tell(...waitsForGreet);
    tell(publishedUpTo(tell(installed('greet', '2.0', 2))));
    const [owed] = turns(world, now + 3_600_000);
    assert.ok(owed?.turn.turn === 'resume');
    tell({ type: 'BuildResumed', build: owed.build.id, because: owed.turn.because, found: owed.turn.found });
    assert.deepEqual(turns(world, now + 3_600_000), []);
    tell(helloAssigned(ernie), helloStarted(2), helloDepWaited(2));
    assert.deepEqual(found(world), []);
  });

  it('is tried once a day, and given up in the end', () => {
    const { world, tell } = told();
    tell(...waitsForGreet);
    assert.deepEqual(found(world, now + day - 1), []);
    assert.match(found(world, now + 2 * day)[0] ?? '', /^a day has passed/);
    assert.match(found(world, now + 15 * day)[0] ?? '', /^waited until \S+ in vain for libgreet-dev \(>= 2\.0\)$/);
    assert.equal(world.builds.depWait.size, 1, hello3);
  });
});
