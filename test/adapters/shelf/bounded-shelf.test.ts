import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundedShelves } from '../../../src/adapters/shelf/bounded-shelf.ts';
import type { Sha256 } from '../../../src/domain/debian/names.ts';
import { settableClock, yearMs } from '../../support/settable-clock.ts';

const sha256 = (letter: string): Sha256 => letter.repeat(64) as Sha256;

const shelfOf = (found: readonly Sha256[], capacity: number) => {
  const there = new Set(found);
  const shelf = boundedShelves()(
    {
      list: async () => [...there],
      sizeOf: async (each) => (there.has(each) ? 1 : 0),
      remove: async (each) => void there.delete(each),
    },
    { capacity, justUsed: 60_000 },
  );
  const put = async (each: Sha256): Promise<void> => {
    there.add(each);
    shelf.use(each);
    await shelf.measure(each);
    await shelf.makeRoom(() => false);
  };
  return { there, shelf, put };
};

describe('A shelf with bounds', () => {
  it('makes room as ever when the clock was set back', async (test) => {
    const clock = settableClock(test);
    const { there, put } = shelfOf([], 1);
    clock.set(yearMs);
    await put(sha256('a'));
    clock.set(-yearMs);
    clock.advance(60_000);
    await put(sha256('b'));
    assert.deepEqual([...there], [sha256('b')]);
  });

  it('holds what it found for used long ago, also on a machine that has just begun', async (test) => {
    settableClock(test);
    test.mock.method(performance, 'now', () => 1);
    const { there, put } = shelfOf([sha256('a'), sha256('b')], 1);
    await put(sha256('c'));
    assert.deepEqual([...there], [sha256('c')]);
  });
});
