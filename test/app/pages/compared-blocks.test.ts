import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { inBlocks, withChanged } from '../../../src/app/pages/blocks.ts';
import { differencesBetween } from '../../../src/app/pages/compared.ts';
import type { HeldVersion } from '../../../src/ports/archive.ts';

const held = (n: number, version: number) => {
  const source = `package-${String(n).padStart(4, '0')}`;
  return { source, version: String(version) } as unknown as HeldVersion;
};

const list = (most: number) =>
  fc
    .uniqueArray(fc.record({ n: fc.nat(1500), version: fc.nat(2) }), { selector: ({ n }) => n, maxLength: most })
    .map((all) => all.sort((one, other) => one.n - other.n).map(({ n, version }) => held(n, version)));

/** As one would find them who knows of no blocks. */
const simply = (one: readonly HeldVersion[], other: readonly HeldVersion[]) => {
  const [here, there] = [one, other].map((all) => new Map(all.map((each) => [each.source as string, each])));
  return [...new Set([...one, ...other].map(({ source }) => source as string))].sort().flatMap((source) => {
    const [left, right] = [here?.get(source), there?.get(source)];
    if (left?.version === right?.version) return [];
    return [{ kind: left === undefined ? 'only-other' : right === undefined ? 'only-one' : 'differs', left, right }];
  });
};

describe('Two lists that are compared block by block', () => {
  it('differ as they would one by one, also after either of them changed', () => {
    const change = fc.array(fc.record({ n: fc.nat(1500), version: fc.nat(3) }), { maxLength: 5 });
    void fc.assert(
      fc.property(list(900), list(900), fc.array(fc.tuple(change, change), { maxLength: 4 }), (one, other, changes) => {
        let [here, there] = [inBlocks(one), inBlocks(other)];
        assert.deepEqual(differencesBetween(here, there), simply(one, other));
        const changed = (blocks: typeof here, by: (typeof changes)[number][number]) => {
          const news = new Map(
            by.map(({ n, version }) => [held(n, 0).source as string, version === 3 ? undefined : held(n, version)]),
          );
          return withChanged(
            blocks,
            news.keys(),
            ({ source }) => source,
            (name) => news.get(name),
          );
        };
        for (const [left, right] of changes) {
          here = changed(here, left);
          there = changed(there, right);
          assert.deepEqual(differencesBetween(here, there), simply(here.flat(), there.flat()));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are not looked through anew where nothing changed', () => {
    const all = Array.from({ length: 3000 }, (_, n) => {
      const { source, version } = held(n, 1);
      const looks = [version];
      return {
        source,
        get version() {
          return looks.pop() ?? assert.fail('looked at again');
        },
      };
    });
    const there = inBlocks(Array.from({ length: 3000 }, (_, n) => held(n, 1)));
    const here = inBlocks(all as unknown as readonly HeldVersion[]);
    assert.deepEqual(differencesBetween(here, there), []);
    assert.deepEqual(differencesBetween([...here], [...there]), []);
  });
});
