import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { right } from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import { neighbours } from '../../src/app/remotes/neighbours.ts';
import type { Statement } from '../../src/domain/remote/statement.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import { dispatchBuilds } from '../../src/reactors/dispatch-builds.ts';
import {
  grover,
  groverConfigured,
  helloAccepted,
  helloAssigned,
  helloBuild,
  helloReceived,
  helloRequested,
  helloStarted,
  recordedAll,
  stored,
} from '../support/fixed-examples.ts';
import { manualClock } from '../support/manual-clock.ts';

const year = 365 * 86_400_000;

describe('A buildrequest that its remote does not know', () => {
  it('is sent again after a minute, also where the clock was put right that was a year ahead as it was sent', async (test) => {
    const clock = manualClock();
    const world = newWorld();
    const key = stored('grover.asc');
    for (const event of recordedAll([
      groverConfigured,
      { type: 'RemoteActivated', remote: grover, repositories: [], tags: [] },
      ...[helloReceived(), helloAccepted(), helloRequested(), helloAssigned(grover)],
      { ...helloStarted(), builder: grover },
      ...[{ type: 'BuildDispatched', build: helloBuild(), attempt: 1, request: key, tar: key } as const],
    ]))
      foldWorld(world, event);
    const world$ = new Subject<typeof world>();
    const hears = neighbours();
    let sent = 0;
    const sending = {
      make: () => Promise.reject(new Error('it is made')),
      send: async () => {
        sent += 1;
        return right(undefined);
      },
    };
    const duty = dispatchBuilds(world$, clock, hears, sending, async () => right([])).subscribe();
    test.after(() => duty.unsubscribe());
    const sentAfter = async (seconds: number): Promise<number> => {
      clock.advance(seconds * 1000);
      hears.answered(grover, { requests: new Map() } as unknown as Statement, clock.now());
      world$.next(world);
      await new Promise(setImmediate);
      return sent;
    };
    clock.set(year);
    assert.equal(await sentAfter(5), 1);
    assert.equal(await sentAfter(5), 1);
    clock.set(-year);
    assert.equal(await sentAfter(5), 1);
    assert.equal(await sentAfter(60), 1);
    assert.equal(await sentAfter(5), 2);
    assert.equal(await sentAfter(60), 2);
    assert.equal(await sentAfter(5), 3);
  });
});
