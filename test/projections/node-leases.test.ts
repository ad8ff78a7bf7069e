import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rollCall } from '../../src/app/nodes/roll-call.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import { candidates } from '../../src/projections/candidates.ts';
import { buildsLostAtNodes, livingNodes, silentNodes } from '../../src/projections/node-leases.ts';
import { foldWorld, newWorld, type World } from '../../src/projections/world.ts';
import {
  amd64,
  ernie,
  helloAccepted,
  helloAssigned,
  helloBuild,
  helloReceived,
  helloRequested,
  helloStarted,
  now,
  recorded,
  sha256,
} from '../support/fixed-examples.ts';

const bert = 'bert' as NodeName;
const leaseMs = 60_000;
const started = {
  type: 'NodeStarted',
  node: bert,
  address: 'bert.example.org:8066',
  room: 2,
  architectures: [amd64],
} as const;

/** What happened, each at so many seconds, by a clock that was `ahead` by so many; the revision is that second. */
const worldOf = (happened: readonly (readonly [number, DaemonEvent])[], ahead = 0): World => {
  const world = newWorld();
  for (const [at, event] of happened) {
    const recordedAt = instant(now + (at + ahead) * 1000);
    foldWorld(world, { ...recorded({ ...event }, at), revision: at, recordedAt });
  }
  return world;
};
const begun = [
  [1, { type: 'NodeAdded', node: bert, key: sha256('secret') }],
  [2, started],
  [3, helloReceived()],
  [4, helloAccepted()],
  [5, helloRequested()],
  [6, helloAssigned(bert)],
  [7, { ...helloStarted(), builder: bert }],
] as const;
const listening = () =>
  rollCall(
    () => now,
    () => true,
  );
const lostAt = (world: World, roll: ReturnType<typeof rollCall>, seconds: number) =>
  buildsLostAtNodes(world, roll, now + seconds * 1000, leaseMs).map(({ node, reason }) => [node, reason]);

describe('The lease of a node', () => {
  it('runs out when nothing was heard of it for that long', () => {
    const roll = listening();
    roll.answered(bert, 2, now + 100_000);
    assert.deepEqual(lostAt(worldOf(begun), roll, 160), []);
    assert.deepEqual(lostAt(worldOf(begun), roll, 161), [[bert, 'nothing was heard of it for 61 s']]);
  });

  it('begins anew with each process, also before that was heard', () => {
    const roll = listening();
    roll.answered(bert, 2, now + 990_000);
    const again = worldOf([...begun, [1000, started]]);
    assert.deepEqual(lostAt(again, roll, 1001), []);
    assert.deepEqual(lostAt(again, roll, 1061), [[bert, 'nothing was heard of it for 61 s']]);
  });

  it('lasts while an older process still calls beside the one that works', () => {
    const roll = listening();
    roll.answered(bert, 1000, now + 1_100_000);
    roll.answered(bert, 2, now + 1_101_000);
    const again = worldOf([...begun, [1000, started]]);
    assert.deepEqual(lostAt(again, roll, 1110), []);
    const living = livingNodes(again, roll, now + 1_110_000, 20_000);
    assert.deepEqual(
      living.map(({ node }) => node),
      [bert],
    );
  });

  it('does not run out while the log is away from everybody, and begins anew when that is over', () => {
    let [seconds, isAway] = [0, false];
    const roll = rollCall(
      () => now + seconds * 1000,
      () => !isAway,
    );
    const lost = (at: number) => {
      seconds = at;
      return lostAt(worldOf(begun), roll, at);
    };
    roll.answered(bert, 2, now + 100_000);
    isAway = true;
    for (let at = 100; at <= 300; at += 5) assert.deepEqual(lost(at), []);
    isAway = false;
    assert.deepEqual(lost(360), []);
    assert.deepEqual(lost(361), [[bert, 'nothing was heard of it for 61 s']]);
  });
});

describe('The lease of a node that was given a build by a clock that was a year ahead', () => {
  const year = 365 * 86_400;
  const silence = [[bert, 'nothing was heard of it for 61 s']];

  it('runs out as usual from when that is put right, in the same life', () => {
    let seconds = year;
    const roll = rollCall(
      () => now + seconds * 1000,
      () => true,
    );
    roll.answered(bert, 2, now + year * 1000);
    const world = worldOf(begun, year);
    const lost = (at: number) => {
      seconds = at;
      return lostAt(world, roll, at);
    };
    assert.deepEqual(lost(year + 60), []);
    assert.deepEqual(lost(100), []);
    assert.deepEqual(lost(160), []);
    assert.deepEqual(lost(161), silence);
    assert.deepEqual(livingNodes(world, roll, now + 161_000, 20_000), []);
    assert.deepEqual([...silentNodes(world, roll, now + 161_000, leaseMs)], [[bert, 'is silent']]);
  });

  it('runs out as usual in a life that began by the right clock', () => {
    const world = worldOf(begun, year);
    assert.deepEqual(lostAt(world, listening(), 0), []);
    assert.deepEqual(lostAt(world, listening(), 60), []);
    assert.deepEqual(lostAt(world, listening(), 61), silence);
  });

  it('is that of the latest attempt, though the log gives all of them the same time', () => {
    const world = worldOf(begun, year);
    const roll = listening();
    assert.deepEqual(lostAt(world, roll, 0), []);
    foldWorld(world, { ...recorded({ ...helloStarted(), builder: bert }, 50), recordedAt: instant(now + year * 1000) });
    assert.deepEqual(lostAt(world, roll, 50), []);
    assert.deepEqual(lostAt(world, roll, 110), []);
    assert.deepEqual(lostAt(world, roll, 111), silence);
  });

  it('keeps what it lost from it for an hour, and no longer', () => {
    const withdrawn = { type: 'BuildWithdrawn', build: helloBuild(), attempt: 1, builder: bert, reason: 'x' } as const;
    const world = worldOf([...begun, [8, withdrawn]], year);
    const mayHave = (seconds: number): boolean | undefined => {
      const roll = listening();
      roll.answered(bert, 2, now + seconds * 1000);
      const asked = [{ builder: ernie, room: 0, tags: [] }, { heard: () => undefined }] as const;
      const build = world.builds.open.get(helloBuild());
      const node = candidates(world, ...asked, now + seconds * 1000, roll).find(({ builder }) => builder === bert);
      return build && node?.mayHave(build);
    };
    assert.deepEqual([0, 3599, 3600].map(mayHave), [false, false, true]);
  });
});
