import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attempts } from '../../../src/app/accounts/attempts.ts';
import { networkOf } from '../../../src/app/accounts/network-of.ts';
import { manualClock } from '../../support/manual-clock.ts';

describe('Attempts', () => {
  it('are so many at once, and then one at a time', () => {
    const clock = manualClock();
    const { take } = attempts(3, 1000, clock.now);
    assert.deepEqual([take('a'), take('a'), take('a')], [0, 0, 0]);
    assert.equal(take('a'), 1000);
    assert.equal(take('b'), 0);
    clock.advance(999);
    assert.equal(take('a'), 1);
    clock.advance(1);
    assert.equal(take('a'), 0);
    assert.equal(take('a'), 1000);
    clock.advance(1_000_000);
    assert.deepEqual([take('a'), take('a'), take('a')], [0, 0, 0]);
    assert.equal(take('a'), 1000);
  });

  it('do not count when they were good', () => {
    const { take, giveBack } = attempts(2, 1000, manualClock().now);
    for (let n = 0; n < 100; n += 1) {
      assert.equal(take('a'), 0);
      giveBack('a');
    }
  });

  it('are not waited for longer where the clock is set back', () => {
    const clock = manualClock();
    const { take } = attempts(1, 60_000, clock.now);
    clock.set(365 * 86_400_000);
    assert.equal(take('a'), 0);
    clock.set(-365 * 86_400_000);
    assert.equal(take('a'), 60_000);
    clock.advance(60_000);
    assert.equal(take('a'), 0, 'who waited as long as he was told');
  });

  it('are forgotten where they would take too much room, the oldest first', () => {
    const { take } = attempts(1, 1_000_000, manualClock().now);
    for (let n = 0; n <= 10_000; n += 1) assert.equal(take(`key ${n}`), 0);
    assert.equal(take('key 10000'), 1_000_000);
    assert.equal(take('key 0'), 0);
  });
});

describe('A network', () => {
  for (const [address, network] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:DB8:1:2::', '2001:db8:1:2'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['', ''],
  ] as const) {
    it(`of ${address || 'nobody knows whom'} is ${network || 'one of its own'}`, () => {
      assert.equal(networkOf(address), network);
    });
  }
});
