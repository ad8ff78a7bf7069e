import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rollCall } from '../../src/app/nodes/roll-call.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { sleepers } from '../../src/projections/sleepers.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import {
  amd64,
  configured,
  ernie,
  grover,
  groverConfigured,
  helloAccepted,
  helloReceived,
  helloRequested,
  now,
  recorded,
} from '../support/fixed-examples.ts';

const year = 365 * 86_400;

describe('A remote that does not answer and that a build waits for', () => {
  /** It was woken by a clock that was so many seconds `ahead`; whether it is to be woken again so many later. */
  const wokenBy = (ahead: number) => {
    const world = newWorld();
    let n = 0;
    const happens = (...events: readonly DaemonEvent[]): void => {
      for (const event of events)
        foldWorld(world, { ...recorded(event, ++n), recordedAt: instant(now + ahead * 1000) });
    };
    const woken = { type: 'RemoteWoken', remote: grover, because: 'hello waits' } as const;
    happens(
      ...configured,
      groverConfigured,
      { type: 'RemoteActivated', remote: grover, repositories: [], tags: [] },
      {
        type: 'RemoteFound',
        remote: grover,
        chroots: [{ codename: 'trixie' as never, architecture: amd64 }],
        binNmus: true,
      },
      { type: 'RemoteLost', remote: grover, rule: 'no-answer', fact: 'it does not answer' },
      ...[helloReceived(), helloAccepted(), helloRequested(), woken],
    );
    const roll = rollCall(
      () => now,
      () => true,
    );
    const place = { builder: ernie, room: 0, tags: [] };
    return {
      isToBeWoken: (seconds: number): boolean => sleepers(world, place, roll, now + seconds * 1000).length > 0,
      isWoken: () => happens(woken),
    };
  };

  for (const [when, ahead] of [
    ['by the clock', 0],
    ['by one that was a year ahead and is put right', year],
  ] as const)
    it(`is woken again ten minutes after it was woken ${when}`, () => {
      const { isToBeWoken, isWoken } = wokenBy(ahead);
      assert.deepEqual([0, 600, 601].map(isToBeWoken), [false, false, true]);
      if (ahead === 0) return;
      isWoken();
      assert.deepEqual([601, 1201, 1202].map(isToBeWoken), [false, false, true], 'also when it was woken since');
    });
});
