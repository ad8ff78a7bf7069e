import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { NodeName } from '../../src/domain/node/events.ts';
import type { EventLog, LogState } from '../../src/ports/event-log.ts';
import { callRoll } from '../../src/reactors/call-roll.ts';
import { manualClock } from '../support/manual-clock.ts';

const writable = { status: 'writable', head: undefined, notices: [] } as const;
const away = { status: 'unreachable', head: undefined, reason: 'the last call did not get through' } as const;

/** A node whose log is as `asked` finds it, and believed to be away until it is asked. */
const nodeWith = async (test: TestContext, asked: () => LogState) => {
  let known: LogState = away;
  const log: Pick<EventLog, 'state' | 'readStream'> = {
    state: () => known,
    readStream: async () => {
      known = asked();
      if (known.status !== 'writable') throw new Error(known.reason);
      return [];
    },
  };
  const clock = manualClock();
  const called: (readonly [number, string | undefined])[] = [];
  const faults: unknown[] = [];
  const alive = async (token: number, waitsFor: string | undefined) => void called.push([token, waitsFor]);
  const subscription = callRoll(clock, { alive }, log, 'bert' as NodeName, 7).subscribe((fault) => faults.push(fault));
  test.after(() => subscription.unsubscribe());
  await new Promise(setImmediate);
  return {
    called,
    faults,
    later: async () => {
      clock.advance(5_000);
      await new Promise(setImmediate);
    },
  };
};

describe('Calling the roll', () => {
  it('goes on when the log is there after all, though nothing else asks it anything', async (test) => {
    const { called } = await nodeWith(test, () => writable);
    assert.deepEqual(called, [[7, undefined]]);
  });

  it('says what it waits for while nothing can be written, and that it goes on', async (test) => {
    let state: LogState = away;
    const { called, faults, later } = await nodeWith(test, () => state);
    assert.deepEqual([called, faults], [[[7, away.reason]], []]);
    state = writable;
    await later();
    assert.deepEqual(called.at(-1), [7, undefined]);
  });
});
