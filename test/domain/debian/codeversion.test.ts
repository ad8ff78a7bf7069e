import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { guessCodeversion } from '../../../src/domain/debian/codeversion.ts';
import { parseRelease } from '../../../src/domain/debian/release.ts';

const release = (origin: string, version: string | undefined, codename: string): string =>
  `Origin: ${origin}\nLabel: ${origin}\n${version === undefined ? '' : `Version: ${version}\n`}Codename: ${codename}\nArchitectures: all amd64\nComponents: main contrib\nSHA256:\n ${'a'.repeat(64)} 1 main/binary-amd64/Packages\n`;

describe('A codeversion', () => {
  for (const [origin, version, codename, expected] of [
    ['Debian', '7.1', 'wheezy', '7'],
    ['Debian', '10.4', 'buster', '10'],
    ['Debian', '12.4', 'bookworm', '12'],
    ['Debian', '3.1r8', 'sarge', '31'],
    ['Debian', '4.0r9', 'etch', '40'],
    ['Debian', '6.0.6', 'squeeze', '60'],
    ['Ubuntu', '12.10', 'quantal', '1210'],
    ['Ubuntu', '18.04', 'bionic', '1804'],
    ['Debian', undefined, 'sid', '~SID'],
    ['Debian', '13', 'trixie', '~TRIXIE'],
  ] as const) {
    it(`of ${origin} ${version ?? 'without a version'} (${codename}) is ${expected}`, () => {
      const read = parseRelease(release(origin, version, codename));
      assert.ok(isRight(read));
      assert.equal(guessCodeversion(read.right), expected);
    });
  }
});

describe('A Release file', () => {
  it('is read', () => {
    const read = parseRelease(release('Debian', '12.4', 'bookworm'));
    assert.ok(isRight(read));
    assert.deepEqual(
      [read.right.architectures, read.right.components],
      [
        ['all', 'amd64'],
        ['main', 'contrib'],
      ],
    );
    assert.equal(read.right.suite, undefined);
  });

  it('is one paragraph', () => {
    assert.ok(isLeft(parseRelease('')));
    assert.ok(isLeft(parseRelease('Origin: a\n\nOrigin: b\n')));
  });
});
