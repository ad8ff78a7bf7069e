import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rollCall } from '../../src/app/nodes/roll-call.ts';
import { neighbours } from '../../src/app/remotes/neighbours.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { markOf, type RequestState, type Statement } from '../../src/domain/remote/statement.ts';
import { lostLeases } from '../../src/projections/leases.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import {
  ernie,
  grover,
  groverConfigured,
  helloAccepted,
  helloAssigned,
  helloBuild,
  helloReceived,
  helloRequested,
  helloStarted,
  now,
  recorded,
  stored,
} from '../support/fixed-examples.ts';

const year = 365 * 86_400;
const leaseMs = 600_000;
const [request, tar] = [stored('hello.changes'), stored('hello.tar')];

const statement = (state?: RequestState): Statement => ({
  http: grover,
  ftp: 'grover.example.org:8067',
  version: '3.0.0',
  at: instant(now),
  running: true,
  ...{ load: 0, room: 1, chroots: [], binNmus: true, knows: [], trusts: [] },
  requests: new Map(state === undefined ? [] : [[markOf(request.sha256), { state, note: '' }]]),
  awaits: new Set(),
});

/** Grover was given a build by a clock that was a year ahead; `bornAt` seconds this life began to listen. Why the build is taken from it at so many seconds. */
const given = (bornAt: number) => {
  const world = newWorld();
  const happened: readonly DaemonEvent[] = [
    groverConfigured,
    { type: 'RemoteActivated', remote: grover, repositories: [], tags: [] },
    helloReceived(),
    helloAccepted(),
    helloRequested(),
    helloAssigned(grover),
    { ...helloStarted(), builder: grover },
    { type: 'BuildDispatched', build: helloBuild(), attempt: 1, request, tar },
  ];
  for (const [n, event] of happened.entries())
    foldWorld(world, { ...recorded(event, n + 1), recordedAt: instant(now + (year + n) * 1000) });
  const hears = neighbours();
  const terms = { leaseMs, buildMs: 3_600_000, bornAt: now + bornAt * 1000 };
  const place = { builder: ernie, room: 0, tags: [] };
  const roll = rollCall(
    () => now,
    () => true,
  );
  return {
    says: (seconds: number, state?: RequestState) => hears.answered(grover, statement(state), now + seconds * 1000),
    lost: (seconds: number) =>
      lostLeases(world, place, hears, now + seconds * 1000, roll, terms).map(({ reason }) => reason),
  };
};

describe('The lease of a remote that was given a build by a clock that was a year ahead', () => {
  it('runs out as usual from when that is put right, though it was heard before', () => {
    const { says, lost } = given(year);
    says(year + 10, 'building');
    assert.deepEqual(lost(year + 10), []);
    assert.deepEqual(lost(20), []);
    assert.deepEqual(lost(620), []);
    assert.deepEqual(lost(621), ['nothing was heard of it for 601 s']);
  });

  it('runs out as usual where it was never heard', () => {
    const { lost } = given(year);
    assert.deepEqual(lost(20), []);
    assert.deepEqual(lost(620), []);
    assert.deepEqual(lost(621), ['nothing was heard of it for 601 s']);
  });

  it('runs out as usual in a life that began by the right clock', () => {
    const { lost } = given(0);
    assert.deepEqual(lost(0), []);
    assert.deepEqual(lost(600), []);
    assert.deepEqual(lost(601), ['nothing was heard of it for 601 s']);
  });

  it('ends where it does not have the build, or has built for too long since', () => {
    const [without, slow] = [given(0), given(0)];
    slow.says(year + 5, 'building');
    for (let seconds = 0; seconds <= 4200; seconds += 5) {
      without.says(seconds);
      slow.says(seconds, 'building');
      assert.deepEqual(without.lost(seconds), seconds <= 600 ? [] : ['it has not taken it']);
      assert.deepEqual(slow.lost(seconds), []);
    }
    slow.says(4205, 'building');
    assert.match(slow.lost(4205).join(), /^it has been building it for 4205 s, which is longer than it was told/);
  });
});
