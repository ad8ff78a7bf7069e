import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rollCall } from '../../src/app/nodes/roll-call.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import { buildsLostAtNodes, livingNodes } from '../../src/projections/node-leases.ts';
import { foldWorld, newWorld, type World } from '../../src/projections/world.ts';
import {
  amd64,
  helloAccepted,
  helloAssigned,
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

/** What happened, each at so many seconds; the revision is that second. */
const worldOf = (...happened: readonly (readonly [number, DaemonEvent])[]): World => {
  const world = newWorld();
  for (const [at, event] of happened) foldWorld(world, { ...recorded(event, at), revision: at });
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
    assert.deepEqual(lostAt(worldOf(...begun), roll, 160), []);
    assert.deepEqual(lostAt(worldOf(...begun), roll, 161), [[bert, 'nothing was heard of it for 61 s']]);
  });

  it('begins anew with each process, also before that was heard', () => {
    const roll = listening();
    roll.answered(bert, 2, now + 990_000);
    const again = worldOf(...begun, [1000, started]);
    assert.deepEqual(lostAt(again, roll, 1001), []);
    assert.deepEqual(lostAt(again, roll, 1061), [[bert, 'nothing was heard of it for 61 s']]);
  });

  it('lasts while an older process still calls beside the one that works', () => {
    const roll = listening();
    roll.answered(bert, 1000, now + 1_100_000);
    roll.answered(bert, 2, now + 1_101_000);
    const again = worldOf(...begun, [1000, started]);
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
      return lostAt(worldOf(...begun), roll, at);
    };
    roll.answered(bert, 2, now + 100_000);
    isAway = true;
    for (let at = 100; at <= 300; at += 5) assert.deepEqual(lost(at), []);
    isAway = false;
    assert.deepEqual(lost(360), []);
    assert.deepEqual(lost(361), [[bert, 'nothing was heard of it for 61 s']]);
  });
});
