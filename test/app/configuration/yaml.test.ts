import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight, right } from 'fp-ts/lib/Either.js';
import { readYaml, writeYaml } from '../../../src/app/configuration/yaml.ts';
import { processorTime } from '../../support/processor-time.ts';

const times = (count: number, text: (n: number) => string, between = ''): string =>
  Array.from({ length: count }, (_, n) => text(n)).join(between);

/** Ten names, each nine times the one before. */
const bomb = `a0: &a0 [x]\n${times(9, (n) => `a${n + 1}: &a${n + 1} [${times(9, () => `*a${n}`, ', ')}]`, '\n')}`;

const hostile: readonly (readonly [string, string, RegExp])[] = [
  ['a bomb of aliases', bomb, /[Aa]lias/],
  ['a list that holds itself', 'a: &a [*a]', /[Aa]lias/],
  ['a merge key', 'a: &a {x: 1}\nb: {<<: *a}', /[Aa]lias/],
  ['a key that stands twice', 'a: 1\na: 2', /line 2: .*unique/],
  ['a key that is a list', '? [a, b]\n: 1', /line 1/],
  ['a tag', 'a: !!js/function "x"', /tag/],
  ['two documents', 'a: 1\n---\nb: 2', /multiple documents/],
  ['brackets without end', '['.repeat(50_000), /larger/],
  ['fewer brackets without end', '['.repeat(5000), /deeper/],
  ['dashes without end', '- '.repeat(6000), /deeper/],
  ['quotes without end', '"'.repeat(59_000), /larger/],
  ['a great many keys', `{${times(15_000, (n) => `k${n}`, ',')}}`, /larger/],
  ['more than is read', `a: ${'x'.repeat(60_000)}`, /larger/],
  ['what is no YAML', 'a: [1', /line 1/],
];

describe('A YAML document', () => {
  for (const [what, text, complaint] of hostile) {
    it(`with ${what} is refused soon`, () => {
      const began = processorTime();
      const read = readYaml(text);
      assert.ok(isLeft(read));
      assert.match(read.left[0]?.fact ?? '', complaint);
      // Its like took seconds before there were bounds; the bound here is generous, for machines that are busy.
      assert.ok(processorTime() - began < 5000);
    });
  }

  it('is plain data, whatever its keys are called', () => {
    const read = readYaml('__proto__: {polluted: true}\nconstructor: 1\n');
    assert.ok(isRight(read));
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.deepEqual(Object.keys(read.right as object), ['__proto__', 'constructor']);
  });

  it('that we write is read as it was', () => {
    const value = {
      a: { b: ['yes', 'no', '012', '1:2', '~SID', ''], key: '-----BEGIN\n\nx\n' },
      n: null,
      t: true,
      c: 13,
    };
    assert.deepEqual(readYaml(writeYaml(value)), right(value));
  });
});
