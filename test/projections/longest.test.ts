import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forgetLength, longestBut, noneLong, noteLength, summitOf } from '../../src/projections/longest.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
const steps = fc.array(fc.record({ name: fc.constantFrom(...names), length: fc.option(fc.nat(4)) }), { maxLength: 60 });

describe('The longest of many', () => {
  it('is the greatest number, whatever came and went, and says so when it is another one', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const among = noneLong<string>();
        const kept = new Map<string, number>();
        const answers = () => names.map((but) => longestBut(among, but));
        for (const { name, length } of all) {
          const before = { summit: summitOf(among), answers: answers() };
          if (length === null) forgetLength(among, name);
          else noteLength(among, name, length);
          if (length === null) kept.delete(name);
          else kept.set(name, length);
          const expected = names.map((but) => Math.max(0, ...[...kept].map(([each, n]) => (each === but ? 0 : n))));
          assert.deepEqual(answers(), expected);
          if (before.summit === summitOf(among)) assert.deepEqual(before.answers, expected);
        }
        assert.equal(among.heap.length, kept.size);
      }),
    );
  });
});
