import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contentsKey } from '../../../src/adapters/reprepro/contents-key.ts';
import { news } from '../../../src/adapters/reprepro/news.ts';
import type { HeldVersion } from '../../../src/ports/archive.ts';
import { distribution, unstable } from './workshop.ts';

const versions = Array.from({ length: 700 }, (_, n) => ({ source: `package-${n}`, version: '1.0-1' }) as HeldVersion);

/** Lists that have much in common: a list, and others after a few changes of it. */
const lists = fc
  .record({
    from: fc.nat(200),
    to: fc.integer({ min: 0, max: 700 }),
    changes: fc.array(fc.record({ at: fc.nat(700), count: fc.nat(3), put: fc.array(fc.nat(699), { maxLength: 3 }) }), {
      maxLength: 4,
    }),
  })
  .map(({ from, to, changes }) => {
    const some = versions.slice(from, to);
    let changed: readonly HeldVersion[] = some;
    for (const { at, count, put } of changes) {
      const coming = put.map((n) => versions[n] as HeldVersion);
      changed = changed.filter((each) => !coming.includes(each)).toSpliced(at, count, ...new Set(coming));
    }
    return { some, changed };
  });

describe('What came since', () => {
  it('is what is in one list only, wherever it stands', () => {
    fc.assert(
      fc.property(lists, ({ some, changed }) => {
        const { coming, going } = news(some, changed);
        const [had, has] = [new Set(some), new Set(changed)];
        const missing = changed.filter((each) => !had.has(each));
        // What only moved is no news, and what is news is there whole.
        assert.deepEqual(new Set(coming), new Set(missing));
        assert.deepEqual(new Set(going), new Set(some.filter((each) => !has.has(each))));
      }),
    );
  });

  it('sees a version that stands there twice', () => {
    const [one, other] = versions as [HeldVersion, HeldVersion];
    assert.deepEqual(news([one, other], [one, other, one]).coming, [one]);
  });
});

describe('The key of what a distribution holds', () => {
  it('is the same whatever was known before', async () => {
    await fc.assert(
      fc.asyncProperty(lists, async ({ some, changed }) => {
        const before = await contentsKey(distribution(unstable, some), undefined);
        const after = await contentsKey(distribution(unstable, changed), before);
        assert.equal(after.key, (await contentsKey(distribution(unstable, structuredClone(changed)), undefined)).key);
        assert.equal(after.key === before.key, JSON.stringify(some) === JSON.stringify(changed));
      }),
    );
  });
});
