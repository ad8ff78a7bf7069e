import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeOrThrow } from '../../../src/domain/codec.ts';
import { Version } from '../../../src/domain/debian/names.ts';
import { compareVersions, withoutEpoch } from '../../../src/domain/debian/version.ts';

const version = (text: string): Version => decodeOrThrow(Version, text, 'a version');

const sign = (order: number): '<' | '=' | '>' => (order < 0 ? '<' : order > 0 ? '>' : '=');

/** Versions of few different characters, so that pairs are alike for a while. */
const versions = fc
  .tuple(
    fc.constantFrom('', '', '0:', '1:', '10:'),
    fc.array(fc.constantFrom('0', '1', '09', '10', '100000000000000000000', 'a', 'Z', 'rc', '.', '+', '~', '-'), {
      maxLength: 6,
    }),
    fc.constantFrom('', '', '-0', '-1', '-1~test12+1', '-01', '-1+b1', '-~'),
  )
  .map(([epoch, upstream, revision]) => `${epoch}1${upstream.join('')}${revision}`)
  .filter((text) => Version.is(text));

/** A version and one that differs from it in little, or any other. */
const pairs = fc.oneof(
  fc.tuple(versions, versions),
  fc
    .tuple(versions, fc.constantFrom('~', '+', '.', '0', 'a', '-0', '.0', '~~', '-1'))
    .filter(([text, tail]) => Version.is(text + tail))
    .map(([text, tail]): [string, string] => [text, text + tail]),
);

/** One shell asks dpkg about all of them, and prints the pairs where dpkg says otherwise. */
const contradictions = (claims: readonly string[]): string =>
  execFileSync(
    'sh',
    ['-c', 'while read -r a op b; do dpkg --compare-versions "$a" "$op" "$b" || echo "$a $op $b"; done'],
    { input: `${claims.join('\n')}\n`, encoding: 'utf8' },
  );

describe('Version order', () => {
  it('is the order of dpkg on pairs that hardly differ', (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    const claims = fc.sample(pairs, { numRuns: 500, seed }).map(([a, b]) => {
      const word = { '<': 'lt', '=': 'eq', '>': 'gt' }[sign(compareVersions(version(a), version(b)))];
      return `${a} ${word} ${b}`;
    });
    assert.equal(contradictions(claims), '');
  });

  it('turns round when its sides do', () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        assert.equal(sign(compareVersions(version(a), version(b))), sign(0 - compareVersions(version(b), version(a))));
      }),
    );
  });

  for (const [a, expected, b] of [
    ['1.0', '=', '0:1.00-0'],
    ['1.0~rc1', '<', '1.0'],
    ['2.10-3~test12+1', '<', '2.10-3'],
    ['2.10-3~test~SID+1', '<', '2.10-3~test12+1'],
    ['1:0.1', '>', '9.9'],
    ['1.2a', '<', '1.2+'],
    ['99999999999999999998', '<', '99999999999999999999'],
  ] as const) {
    it(`has ${a} ${expected} ${b}`, () => assert.equal(sign(compareVersions(version(a), version(b))), expected));
  }
});

describe('Version', () => {
  for (const text of ['1', '1:2.10-3', '2.10-3~test12+1+hotfix1', '1--1', '0']) {
    it(`takes ${text}`, () => assert.ok(Version.is(text)));
  }
  for (const text of ['', 'a1', '1-', ':1', 'x:1', '1:', '1_2', '1 ', '1\n', '1/2', '1:2:3', `1${'0'.repeat(200)}`]) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => assert.ok(!Version.is(text)));
  }
  it('loses its epoch in file names', () => {
    assert.equal(withoutEpoch(version('7:1.2.3-1')), '1.2.3-1');
    assert.equal(withoutEpoch(version('1.2.3-1')), '1.2.3-1');
  });
});
