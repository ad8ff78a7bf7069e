import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { steadyClock } from '../../src/app/steady-clock.ts';
import { manualClock } from '../support/manual-clock.ts';

const hour = 3_600_000;
const day = 24 * hour;

const recorded = (until: number | undefined) => ({ until, leap: undefined });

const days = (leap: { readonly by: number } | undefined): number | undefined => leap && Math.round(leap.by / day);

describe('A steady clock', () => {
  it('is one that goes on as time does, also when the machine slept for some days', () => {
    const clock = manualClock();
    const steady = steadyClock(clock, recorded(clock.now()));
    for (const way of ['advance', 'leap', 'set'] as const) {
      clock[way](6 * day);
      assert.ok(steady.isSteady(), way);
    }
  });

  it('is not one that went a year ahead, for a day', () => {
    const clock = manualClock();
    const steady = steadyClock(clock, recorded(clock.now()));
    clock.set(365 * day);
    assert.equal(days(steady.leap()), 365);
    clock.advance(23 * hour);
    assert.equal(days(steady.leap()), 365);
    assert.equal(steady.leap()?.left, hour);
    clock.advance(hour);
    assert.ok(steady.isSteady());
  });

  it('is one again as soon as it is set back, and not before it is set back far enough', () => {
    const clock = manualClock();
    const steady = steadyClock(clock, recorded(clock.now()));
    clock.set(365 * day);
    assert.ok(!steady.isSteady());
    clock.set(-300 * day);
    assert.equal(days(steady.leap()), 65);
    clock.set(-65 * day);
    assert.ok(steady.isSteady());
    clock.set(-365 * day);
    assert.ok(steady.isSteady(), 'what is too early takes nothing away');
  });

  it('is held against the last event at the start', () => {
    const clock = manualClock();
    assert.equal(days(steadyClock(clock, recorded(clock.now() - 20 * day)).leap()), 20);
    assert.ok(steadyClock(clock, recorded(clock.now() - 6 * day)).isSteady());
    assert.ok(steadyClock(clock, recorded(clock.now() + 365 * day)).isSteady());
    assert.ok(steadyClock(clock, recorded(undefined)).isSteady());
  });

  it('is not one either that is started again while the clock that leapt is not believed', () => {
    const clock = manualClock();
    const at = (ago: number) => ({ until: clock.now(), leap: { at: clock.now() - ago, by: 365 * day } });
    const steady = steadyClock(clock, at(2 * hour));
    assert.deepEqual([days(steady.leap()), steady.leap()?.left], [365, 22 * hour]);
    clock.advance(22 * hour);
    assert.ok(steady.isSteady());
    assert.ok(steadyClock(clock, at(25 * hour)).isSteady(), 'a day ago');
    assert.ok(steadyClock(clock, at(-hour)).isSteady(), 'it was set back since');
    const again = steadyClock(clock, at(2 * hour));
    clock.set(-365 * day);
    assert.ok(again.isSteady(), 'it is put right');
  });
});
