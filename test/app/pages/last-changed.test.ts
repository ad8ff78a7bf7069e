import assert from 'node:assert/strict';
import { it } from 'node:test';
import { lastChangedFirst } from '../../../src/app/pages/last-changed.ts';

const seconds = (at: string, n: number): number => Date.parse(at) + n * 1000;

for (const year of [1970, 2020, 2026, 2038, 2080])
  it(`what changed last stands first, by name within a second, and what never changed last, in ${year}`, () => {
    const at = new Map<string, number | undefined>([
      ['a', seconds(`${year}-01-20T00:00:00Z`, 1)],
      ['b', undefined],
      ['c', seconds(`${year}-01-20T00:00:00Z`, 2)],
      ['d', seconds(`${year}-01-20T00:00:00Z`, 2)],
      ['e', seconds(`${year}-01-20T00:00:00Z`, 3)],
    ]);
    const order = lastChangedFirst([...at.keys()], (name) => at.get(name)).join('');
    // A clock that stands before anything of this could happen gives no order.
    assert.equal(order, year < 2020 ? 'abcde' : 'ecdab');
  });
