import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sinceWhen } from '../../src/domain/since-when.ts';

describe('Since when something is so', () => {
  it('is when it was noted, whenever it is asked', () => {
    const thing = {};
    assert.deepEqual([sinceWhen(thing, 10, 20), sinceWhen(thing, 10, 90)], [10, 10]);
    assert.equal(sinceWhen({}, '1970-01-01T00:00:01.000Z', 5000), 1000);
  });

  it('is when it was seen first, where it was noted by a clock that was ahead', () => {
    const thing = {};
    assert.deepEqual([sinceWhen(thing, 1000, 20), sinceWhen(thing, 1000, 90)], [20, 20]);
    assert.equal(sinceWhen({}, 1000, 90), 90, 'another thing');
  });

  it('is no later than the clock, once that is set back', () => {
    const thing = {};
    assert.deepEqual(
      [1100, 20, 90].map((now) => sinceWhen(thing, 1000, now)),
      [1000, 20, 20],
    );
  });

  it('is asked anew of what the thing became, also where the log gives both the same time', () => {
    const thing = {};
    assert.equal(sinceWhen(thing, 1000, 20, 'first'), 20);
    assert.equal(sinceWhen(thing, 1000, 90, 'second'), 90);
    assert.equal(sinceWhen(thing, 1000, 95, 'second'), 90);
  });
});
