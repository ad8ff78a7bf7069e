import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { buildOf } from '../../src/projections/build-queue.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import { builtIn, requestedFor } from '../support/builds-of-sources.ts';
import {
  amd64,
  arm64,
  configured,
  ernie,
  helloAccepted,
  helloAssigned,
  helloBuild,
  helloDepWaited,
  helloInstalled,
  helloStarted,
  main,
  recorded,
  source,
  stored,
  uploadId,
  version,
} from '../support/fixed-examples.ts';

const waits = (n: number, on = amd64, dev = 'libgreet-dev'): readonly DaemonEvent[] => [
  helloAssigned(ernie, uploadId(n), on),
  helloStarted(1, uploadId(n), on),
  helloDepWaited(1, uploadId(n), on, [dev]),
];

const cancelled = (n: number, on = amd64): DaemonEvent => ({
  type: 'BuildCancelled',
  build: helloBuild(uploadId(n), on),
  reason: 'asked for',
});

const makes = (n: number, name: string, dev: string): DaemonEvent => {
  const file = stored(`${dev}_1.deb`);
  const binary = { package: dev, version: version('1'), architecture: amd64, component: main, file };
  return helloInstalled(uploadId(n), version('1'), { source: source(name), binaries: [binary] });
};

/** Where `greet` made `libgreet-dev` and `base` made `libbase-dev` before, and a `s60` takes 60 seconds. */
const started = () => {
  const world = newWorld();
  let n = 0;
  const happens = (...events: readonly DaemonEvent[]): void => {
    for (const event of events) foldWorld(world, recorded(event, ++n));
  };
  happens(...configured, { type: 'EngineStarted' }, makes(1, 'greet', 'libgreet-dev'), makes(2, 'base', 'libbase-dev'));
  const lengths = [60, 120, 180, 240, 300];
  lengths.forEach((seconds, i) => void happens(requestedFor(10 + i, `s${seconds}`), ...builtIn(10 + i, seconds)));
  const followers = (of: number, on = amd64) => buildOf(world.builds, helloBuild(uploadId(of), on))?.followers;
  return { world, happens, followers };
};

describe('How long those take that wait for a build', () => {
  it('is the longest of them, whoever comes and goes', () => {
    const { happens, followers } = started();
    happens(requestedFor(20, 'greet'));
    const lengths = [120, 300, 60, 300, 240];
    lengths.forEach((seconds, i) => void happens(requestedFor(30 + i, `s${seconds}`), ...waits(30 + i)));
    const left = [31, 30, 33, 34, 32].map((n) => {
      const before = followers(20);
      happens(cancelled(n));
      return [before, followers(20)];
    });
    assert.deepEqual(left, [
      [300, 300],
      [300, 300],
      [300, 240],
      [240, 60],
      [60, 0],
    ]);
  });

  it('is that of other uploads, and of other architectures only where they cannot do without it', () => {
    const { happens, followers } = started();
    happens(requestedFor(20, 'greet', arm64), requestedFor(21, 'greet'));
    happens({ ...helloAccepted(uploadId(22)), source: source('greet') }, requestedFor(22, 'greet'));
    happens(requestedFor(30, 's300'), ...waits(30), ...waits(21));
    assert.deepEqual([followers(20, arm64), followers(21), followers(22)], [0, 300, 300]);
    happens(requestedFor(31, 's120', arm64), ...waits(31, arm64), cancelled(30), cancelled(21));
    const expected = followers(20, arm64) ?? 0;
    assert.ok(expected > 0);
    assert.equal(followers(22), expected);
  });

  it('grows with what becomes known of them while they wait', () => {
    const { happens, followers } = started();
    happens(requestedFor(20, 'greet'), requestedFor(30, 'new'), requestedFor(30, 'new', arm64), ...waits(30));
    assert.equal(followers(20), 0);
    happens(...builtIn(30, 500, arm64));
    assert.equal(followers(20), 500);
  });

  it('goes up the chain, and ends where they wait for each other', () => {
    const { happens, followers } = started();
    happens(requestedFor(20, 'base'), requestedFor(21, 'greet'), ...waits(21, amd64, 'libbase-dev'));
    happens(requestedFor(30, 's300'), ...waits(30));
    assert.deepEqual([followers(20), followers(21)], [300, 300]);
    happens(cancelled(30));
    assert.deepEqual([followers(20), followers(21)], [0, 0]);
    happens(...waits(20), requestedFor(31, 's60'), ...waits(31));
    for (const n of [20, 21]) assert.ok((followers(n) ?? 0) >= 60 && (followers(n) ?? 0) <= 7 * 86_400);
  });

  it('is known in a time that grows with them, not with their square', () => {
    const took = (count: number): number => {
      const { world, happens } = started();
      happens(requestedFor(20, 'greet'));
      for (let n = 0; n < count; n += 1) happens(requestedFor(100 + n, `s${60 * (1 + (n % 5))}`));
      const { user } = process.cpuUsage();
      for (let n = 0; n < count; n += 1) happens(...waits(100 + n));
      assert.equal(buildOf(world.builds, helloBuild(uploadId(20)))?.followers, 300);
      for (let n = 0; n < count; n += 1) happens({ ...cancelled(100 + n) });
      assert.equal(buildOf(world.builds, helloBuild(uploadId(20)))?.followers, 0);
      return process.cpuUsage().user - user;
    };
    took(2000);
    const [few, many] = [took(2000), took(20_000)];
    assert.ok(many < 30 * few, `${few} µs for 2,000, ${many} µs for 20,000`);
  });
});
