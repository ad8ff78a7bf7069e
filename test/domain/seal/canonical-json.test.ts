import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { canonicalJson } from '../../../src/domain/seal/canonical-json.ts';

describe('The canonical form of JSON', () => {
  it('is that of RFC 8785: names in order of UTF-16, literals and numbers as ECMAScript writes them', () => {
    assert.equal(
      canonicalJson({
        numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
        string: '\u20ac$\u000F\u000aA\'B"\\"/',
        literals: [null, true, false],
      }),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\"/"}',
    );
    assert.equal(
      canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }),
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  it('leaves out what is undefined', () => {
    assert.equal(canonicalJson({ b: undefined, a: { c: undefined } }), '{"a":{}}');
  });

  it('says the same value, whatever the order its members came in', () => {
    void fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = canonicalJson(value);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assert.equal(canonicalJson(Object.fromEntries(Object.entries(value).reverse())), text);
      }),
    );
  });
});
