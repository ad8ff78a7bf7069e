import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rollCall } from '../../src/app/nodes/roll-call.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { assignments } from '../../src/projections/assignment.ts';
import { expectedDuration, learnDuration, noDurations } from '../../src/projections/build-durations.ts';
import { buildOf } from '../../src/projections/build-queue.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import { builtIn, requestedFor } from '../support/builds-of-sources.ts';
import {
  amd64,
  arm64,
  chrootPrepared,
  configured,
  ernie,
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

const minute = 60;
const hour = 60 * minute;

const before = (n: number, name: string, seconds: number): readonly DaemonEvent[] => [
  requestedFor(n, name),
  ...builtIn(n, seconds),
];

/** A builder with so many places, and the names of what it is given first, as places come free. */
const builderWith = (room: number) => {
  const world = newWorld();
  let n = 0;
  const happens = (...events: readonly DaemonEvent[]): void => {
    for (const event of events) foldWorld(world, recorded(event, ++n));
  };
  const given = () =>
    assignments(
      world,
      { builder: ernie, room, tags: [] },
      { heard: () => undefined },
      0,
      rollCall(
        () => 0,
        () => true,
      ),
    );
  happens(...configured, { type: 'EngineStarted' }, chrootPrepared(amd64), chrootPrepared(arm64));
  happens(...before(1, 'short', 10 * minute), ...before(2, 'long', 2 * hour));
  return { world, happens, given, names: () => given().map(({ build }) => build.requested.source) };
};

const shorts = (first: number, count: number): readonly DaemonEvent[] =>
  Array.from({ length: count }, (_, n) => requestedFor(first + n, 'short'));

describe('A build that takes long', () => {
  it('keeps its place while more is left than it takes, and passes others before everybody would wait for it', () => {
    const many = builderWith(2);
    many.happens(...shorts(10, 40), requestedFor(90, 'long'));
    assert.deepEqual(many.names(), ['short', 'short']);
    const few = builderWith(2);
    few.happens(...shorts(10, 5), requestedFor(90, 'long'));
    assert.deepEqual(few.names(), ['long', 'short']);
    assert.match(
      few.given()[0]?.because ?? '',
      /; it passes older ones, since it may take 120 minutes, and all that waits there takes 85 minutes$/,
    );
    assert.doesNotMatch(few.given()[1]?.because ?? '', /passes/);
  });

  it('passes nobody where there is one place, which does everything one after the other', () => {
    const { happens, names } = builderWith(1);
    happens(...shorts(10, 5), requestedFor(90, 'long'));
    assert.deepEqual(names(), ['short']);
  });

  it('leaves half of the places to the order of the queue, however many take long', () => {
    const { happens, names } = builderWith(4);
    happens(...shorts(10, 4), ...[90, 91, 92, 93].map((n) => requestedFor(n, 'long')));
    assert.deepEqual(names(), ['long', 'long', 'short', 'short']);
    happens(
      ...[90, 91].flatMap((n) => [helloAssigned(ernie, uploadId(n)), helloStarted(1, uploadId(n))]),
      ...[94, 95, 96].map((n) => requestedFor(n, 'long')),
    );
    assert.deepEqual(names(), ['short', 'short'], 'those that run count');
  });

  it('passes nobody of a higher priority', () => {
    const { happens, names } = builderWith(2);
    happens(...shorts(10, 5), requestedFor(90, 'long'));
    for (const n of [10, 11]) happens({ type: 'BuildPrioritised', build: helloBuild(uploadId(n), amd64), priority: 1 });
    assert.deepEqual(names(), ['short', 'short']);
  });

  it('is one, too, that others wait for', () => {
    const { world, happens, given, names } = builderWith(2);
    const file = stored('libgreet-dev_1.deb');
    const dev = { package: 'libgreet-dev', version: version('1'), architecture: amd64, component: main, file };
    happens(helloInstalled(uploadId(3), version('1'), { source: source('greet'), binaries: [dev] }));
    happens(...before(4, 'greet', 10 * minute), requestedFor(20, 'long'));
    happens(helloAssigned(ernie, uploadId(20)), helloStarted(1, uploadId(20)));
    happens(helloDepWaited(1, uploadId(20)), ...shorts(30, 8), requestedFor(21, 'greet'));
    assert.equal(buildOf(world.builds, helloBuild(uploadId(21)))?.followers, 2 * hour);
    assert.deepEqual(names(), ['greet', 'short']);
    assert.match(given()[0]?.because ?? '', /it may take 130 minutes with those that wait for it, and all that/);
    happens({ type: 'BuildCancelled', build: helloBuild(uploadId(20)), reason: 'asked for' });
    assert.equal(buildOf(world.builds, helloBuild(uploadId(21)))?.followers, 0);
    assert.deepEqual(names(), ['short', 'short']);
  });

  it('is known by what its source took on another architecture, also a moment ago', () => {
    const { world, happens } = builderWith(2);
    happens(requestedFor(50, 'new'), requestedFor(50, 'new', arm64));
    const other = () => buildOf(world.builds, helloBuild(uploadId(50), arm64))?.expected;
    assert.equal(other(), undefined);
    happens(...builtIn(50, hour));
    assert.deepEqual(other(), { seconds: hour, atMost: hour });
  });
});

describe('How long a build may take', () => {
  it('is what it took, the last time more than those before', () => {
    const durations = noDurations();
    for (const seconds of [1000, 1000, 2000]) learnDuration(durations, source('hello'), amd64, seconds);
    assert.deepEqual(expectedDuration(durations, source('hello'), amd64), { seconds: 1500, atMost: 1500 });
  });

  it('is more than the usual for what nobody built before, and nothing while few were built', () => {
    const durations = noDurations();
    const expected = () => expectedDuration(durations, source('new'), amd64);
    for (let n = 0; n < 19; n += 1) learnDuration(durations, source(`package-${n}`), amd64, 60);
    assert.equal(expected(), undefined);
    for (let n = 19; n < 38; n += 1) learnDuration(durations, source(`package-${n}`), amd64, 60 * n);
    const { seconds, atMost } = expected() ?? { seconds: 0, atMost: 0 };
    assert.equal(seconds, 870);
    assert.ok(atMost > 1800 && atMost < 2600, `${atMost}`);
  });

  it('is on another architecture as much longer as all builds are there', () => {
    const durations = noDurations();
    for (let n = 0; n < 20; n += 1) {
      learnDuration(durations, source(`package-${n}`), amd64, 100);
      learnDuration(durations, source(`package-${n}`), arm64, 300);
    }
    learnDuration(durations, source('hello'), amd64, 100);
    assert.deepEqual(expectedDuration(durations, source('hello'), arm64), { seconds: 300, atMost: 300 });
  });
});
