import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gate } from '../../../src/adapters/reprepro/gate.ts';
import { inParallel } from '../../../src/adapters/reprepro/in-parallel.ts';

it('lets two through a gate of two at a time, in their order, also after one failed', async () => {
  const pass = gate(2);
  const begun: number[] = [];
  let [within, most] = [0, 0];
  const results = await inParallel(9, [...Array(9).keys()], (n) =>
    pass(async () => {
      begun.push(n);
      most = Math.max(most, ++within);
      await new Promise(setImmediate);
      within -= 1;
      if (n === 3) throw new Error('three');
      return n;
    }).catch(() => -1),
  );
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(results, [0, 1, 2, -1, 4, 5, 6, 7, 8]);
  assert.equal(most, 2);
});
