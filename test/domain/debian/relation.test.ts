import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allows, parseRelation } from '../../../src/domain/debian/relation.ts';
import { version } from '../../support/fixed-examples.ts';

describe('A relation', () => {
  it('has alternatives, each with a name and perhaps a version', () => {
    assert.deepEqual(parseRelation('libgreet-dev:any (>= 1:2.0-1) | greet'), [
      { package: 'libgreet-dev', operator: '>=', version: '1:2.0-1' },
      { package: 'greet', operator: undefined, version: undefined },
    ]);
  });

  for (const wrong of ['', '|', 'a b', 'greet (>= )', 'greet (=> 1)', 'greet (>= one)', 'Greet', '--option']) {
    it(`is not ${JSON.stringify(wrong)}`, () => {
      assert.equal(parseRelation(wrong), undefined);
    });
  }

  for (const [relation, met, unmet] of [
    ['greet', ['0', '1:0'], []],
    ['greet (>= 2.0)', ['2.0', '2.0-1', '1:1'], ['2.0~rc1', '1.9']],
    ['greet (>> 2.0)', ['2.0-1', '2.1'], ['2.0', '2.0-0']],
    ['greet (= 2.0)', ['2.0', '2.0-0'], ['2.0-1']],
    ['greet (<= 2.0)', ['2.0', '2.0~~'], ['2.0-1']],
    ['greet (<< 2.0)', ['2.0~rc1', '1'], ['2.0']],
  ] as const) {
    it(`${relation} is met by ${met.join(', ')}${unmet.length > 0 ? ` and not by ${unmet.join(', ')}` : ''}`, () => {
      const [alternative] = parseRelation(relation) ?? [];
      assert.ok(alternative !== undefined);
      for (const each of met) assert.ok(allows(alternative, version(each)), each);
      for (const each of unmet) assert.ok(!allows(alternative, version(each)), each);
    });
  }
});
