import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as t from 'io-ts';
import { Count, text } from '../../src/domain/codec.ts';
import { misfits } from '../../src/domain/misfits.ts';

const Letters = text('Letters', /^[a-z]+$/, 'lower case letters');
const Sample = t.strict({
  days: t.union([Count, t.null]),
  names: t.readonlyArray(Letters),
  kind: t.keyof({ file: null, directory: null }),
  inner: t.strict({ either: t.union([t.boolean, Letters]) }),
});
const sound = { days: null, names: [], kind: 'file', inner: { either: true } };

describe('what does not fit a codec', () => {
  for (const [what, given, expected] of [
    ['nothing, of what fits', {}, []],
    [
      'what every branch of a union wanted, in one sentence, nothing last',
      { days: -7 },
      [{ path: 'days', wanted: 'a whole number, zero or more, or null', found: '-7' }],
    ],
    ['where in a list it is', { names: ['a', 'B'] }, [{ path: 'names.1', wanted: 'lower case letters', found: '"B"' }]],
    ['which words there are', { kind: 'tape' }, [{ path: 'kind', wanted: 'file, directory', found: '"tape"' }]],
    [
      'branches below a field',
      { inner: { either: 4 } },
      [{ path: 'inner.either', wanted: 'true or false, or lower case letters', found: '4' }],
    ],
    ['what is missing', { names: undefined }, [{ path: 'names', wanted: 'a list', found: undefined }]],
    [
      'everything at once',
      { days: '1', kind: 1 },
      [
        { path: 'days', wanted: 'a whole number, zero or more, or null', found: '"1"' },
        { path: 'kind', wanted: 'file, directory', found: '1' },
      ],
    ],
  ] as const)
    it(`says ${what}`, () => assert.deepEqual(misfits(Sample, { ...sound, ...given }), expected));

  it('shows no more of a value than somebody reads', () =>
    assert.equal(misfits(Letters, 'X'.repeat(1000))[0]?.found?.length, 80));
});
