import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { statisticsPage } from '../../src/app/pages/statistics-page.ts';
import type { Instant } from '../../src/domain/codec.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { buildId } from '../../src/domain/ids.ts';
import { timeWithin } from '../../src/projections/times.ts';
import { foldWorld, newWorld, type World } from '../../src/projections/world.ts';
import {
  acme,
  amd64,
  configured,
  hello,
  hello3,
  hello4,
  helloInstalled,
  helloRequested,
  helloStarted,
  helloSucceeded,
  recorded,
  stored,
  uploadId,
} from '../support/fixed-examples.ts';

const noon = (day: string): Instant => `${day}T12:00:00.000Z` as Instant;

/** Folds events, each on its day. */
const worldAfter = (...told: readonly (readonly [string, DaemonEvent])[]): World => {
  const world = newWorld();
  for (const [n, event] of configured.entries())
    foldWorld(world, { ...recorded(event, n + 1), recordedAt: noon('2026-11-01') });
  for (const [n, [day, event]] of told.entries())
    foldWorld(world, { ...recorded(event, configured.length + n + 1), recordedAt: noon(day) });
  return world;
};

const now = Date.UTC(2026, 10, 26, 12);

const last = (world: World, count: number) => statisticsPage(world)('days', now).stretches.slice(-count);

const times = (total: number) => ({ install: 1, build: 1, total, stages: [] });

describe('Statistics', () => {
  it('add up builds by day and architecture, and tell how long they took to within a fifth', () => {
    const succeeded = (total: number) => ({ ...helloSucceeded(), times: times(total) });
    const { build, attempt, log } = helloSucceeded();
    const failed: DaemonEvent = {
      ...{ type: 'BuildFailed', build, attempt, class: 'ftbfs', stage: 'build', fact: 'no' },
      ...{ log, times: times(9) },
    };
    const world = worldAfter(
      ['2026-11-24', succeeded(100)],
      ['2026-11-24', succeeded(100)],
      ['2026-11-24', succeeded(3000)],
      ['2026-11-26', failed],
    );
    const [first, second, third] = last(world, 3);
    assert.deepEqual(
      [first, second, third].map((stretch) => [stretch?.begins, stretch?.builds]),
      [
        ['2026-11-24', [{ succeeded: 3, failed: 0 }]],
        ['2026-11-25', [{ succeeded: 0, failed: 0 }]],
        ['2026-11-26', [{ succeeded: 0, failed: 1 }]],
      ],
    );
    assert.ok(Math.abs((first?.half ?? 0) / 100 - 1) < 0.25, String(first?.half));
    assert.ok(Math.abs((first?.most ?? 0) / 3000 - 1) < 0.25, String(first?.most));
    assert.equal(second?.half, undefined);
  });

  it('know how many waited and ran at most, also on days on which nothing happened', () => {
    const other = { ...helloRequested(), build: buildId(uploadId(2), 'amd64'), upload: uploadId(2) };
    const world = worldAfter(
      ['2026-11-22', helloRequested()],
      ['2026-11-22', other],
      ['2026-11-22', helloStarted()],
      ['2026-11-25', helloSucceeded()],
    );
    assert.deepEqual(
      last(world, 5).map(({ waiting, running }) => [waiting, running]),
      [
        [2, 1],
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 0],
      ],
    );
  });

  it('count the bytes that a repository keeps, an orig tarball of two versions once, until they are let go', () => {
    const orig = stored('hello_2.10.orig.tar.gz', 'x'.repeat(1000));
    const install = (version: typeof hello3, upload: number): DaemonEvent => ({
      ...helloInstalled(),
      ...{ version, upload: uploadId(upload), dsc: stored(`hello_${version}.dsc`, 'd'.repeat(10)) },
      ...{ sources: [orig, stored(`hello_${version}.debian.tar.xz`, version.padEnd(20))] },
      binaries: [
        {
          package: 'hello',
          version,
          architecture: amd64,
          component: helloInstalled().component,
          file: stored(`${version}.deb`, 'b'.repeat(300)),
        },
      ],
    });
    const letGo = (version: typeof hello3, because: 'retention' | 'withdrawal' = 'retention'): DaemonEvent => ({
      type: 'FilesLetGo',
      ...{ repository: acme, source: hello, version, because },
    });
    const world = worldAfter(
      ['2026-11-23', install(hello3, 1)],
      ['2026-11-24', install(hello4, 2)],
      ['2026-11-25', letGo(hello3)],
      ['2026-11-25', letGo(hello3, 'withdrawal')],
      ['2026-11-26', letGo(hello4)],
    );
    assert.deepEqual(
      last(world, 5).map(({ kept }) => kept),
      [[0], [1330], [1660], [1330], [0]],
    );
    assert.deepEqual(statisticsPage(world)('days', now).repositories, [
      { repository: 'acme', isConfigured: true, bytes: 0 },
    ]);
  });

  it('are of the last 800 days on which anything happened, and no more', () => {
    const days = Array.from({ length: 900 }, (_, n) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10));
    const world = worldAfter(...days.map((day) => [day, helloSucceeded()] as const));
    assert.equal(world.statistics.days.length, 800);
    assert.equal(world.statistics.days.at(-1)?.day, days.at(-1));
  });

  it('are divided into weeks from Monday, and months', () => {
    const world = worldAfter(['2026-11-22', helloSucceeded()], ['2026-11-23', helloSucceeded()]);
    const weeks = statisticsPage(world)('weeks', now).stretches;
    assert.deepEqual(
      weeks.slice(-2).map(({ begins, builds }) => [begins, builds[0]?.succeeded]),
      [
        ['2026-11-16', 1],
        ['2026-11-23', 1],
      ],
    );
    const months = statisticsPage(world)('months', now).stretches;
    assert.deepEqual(
      [months.length, months.at(-1)?.begins, months.at(-1)?.builds[0]?.succeeded],
      [24, '2026-11-01', 2],
    );
  });

  it('say nothing of times where nothing succeeded', () => assert.equal(timeWithin([], 0.5), undefined));
});
