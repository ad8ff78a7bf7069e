import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newerCounts } from '../../../src/adapters/http/newer-counts.ts';
import type { Position } from '../../../src/ports/event-log.ts';

const at = (place: number): Position => `${place}` as Position;
const asked = { key: 'all', sight: '', since: at(1) };

describe('What is counted for those who read a page', () => {
  it('is told once of each, though many ask at once, and only grows up to a hundred', async () => {
    const counts = newerCounts(60_000);
    const from: (Position | undefined)[] = [];
    const found = [
      { count: 3, until: at(5) },
      { count: 0, until: at(9) },
      { count: 99, until: at(300) },
    ];
    const look = async (since: Position | undefined) => {
      from.push(since);
      return found[from.length - 1] ?? assert.fail('nobody looks beyond a hundred');
    };
    await counts.follow('all 1', async (mine) => {
      const now = (changes: number) => counts.now(mine, { ...asked, changes }, look);
      assert.deepEqual(await Promise.all([now(1), now(1)]), [
        { count: 3, until: at(5) },
        { count: 3, until: at(9) },
      ]);
      assert.equal((await now(2)).count, 100);
      assert.equal((await now(3)).count, 100);
    });
    assert.deepEqual(from, [at(1), at(5), at(9)]);
  });

  it('is kept as long as somebody follows, and where the log was not to be asked', async () => {
    const counts = newerCounts(60_000);
    const two = async () => ({ count: 2, until: at(7) });
    await counts.follow('all 1', async () => {
      await counts.follow('all 1', async (mine) => {
        assert.equal((await counts.now(mine, { ...asked, changes: 1 }, two)).count, 2);
      });
      await counts.follow('all 1', async (mine) => {
        const failing = counts.now(mine, { ...asked, changes: 2 }, () => Promise.reject(new Error('no log')));
        await assert.rejects(failing, /no log/);
        assert.equal((await counts.now(mine, { ...asked, changes: 3 }, two)).count, 4);
      });
    });
    await counts.follow('all 1', async (mine) => assert.equal(mine.size, 0));
  });
});
