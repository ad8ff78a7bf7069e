import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayOffer, meets, offeredBy } from '../../../src/domain/debian/offered.ts';
import { parseRelation } from '../../../src/domain/debian/relation.ts';

const stanza = [
  'Package: default-mta',
  'Version: 1:2.0-1',
  'Description: an agent',
  ' Package: not-this',
  'Provides: mail-transport-agent, sendmail (= 8.18), m4:any (= 1)',
].join('\n');

const isMet = (relation: string, by = stanza): boolean => {
  const [wanted] = parseRelation(relation) ?? assert.fail();
  assert.ok(wanted !== undefined);
  return offeredBy(by).some((each) => meets(each, wanted));
};

describe('What a binary package offers', () => {
  for (const [relation, expected] of [
    ['default-mta', true],
    ['default-mta (>= 1:1.0)', true],
    ['default-mta (>= 1:3.0)', false],
    ['mail-transport-agent', true],
    ['mail-transport-agent (>= 1)', false],
    ['sendmail (>= 8)', true],
    ['sendmail (>> 8.18)', false],
    ['m4', true],
    ['exim4', false],
    ['not-this', false],
  ] as const) {
    it(`${expected ? 'meets' : 'does not meet'} ${relation}`, () => {
      assert.equal(isMet(relation), expected);
      const names = new Set([relation.split(' ')[0] ?? '']);
      assert.ok(mayOffer(names, stanza) || !expected);
    });
  }

  it('is nothing where its stanza cannot be read', () => {
    for (const odd of ['', 'Package: x', 'Package: x\nVersion: ?', 'no field at all'])
      assert.deepEqual(offeredBy(odd), []);
  });
});
