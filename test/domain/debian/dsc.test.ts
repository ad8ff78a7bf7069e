import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { parseDsc } from '../../../src/domain/debian/dsc.ts';
import { debian, helloDsc, orig } from './hello-upload.ts';

const accepts = (text: string): void => {
  const result = parseDsc(text);
  if (isLeft(result)) assert.fail(result.left.fact);
};

describe('A .dsc', () => {
  it('is read', () => {
    const result = parseDsc(helloDsc());
    assert.ok(isRight(result));
    assert.equal(result.right.source, 'hello');
    assert.deepEqual(result.right.architectures, ['any']);
    assert.deepEqual(
      result.right.files.map(({ name, sha256 }) => [name, sha256]),
      [
        [orig.name, 'a'.repeat(64)],
        [debian.name, 'b'.repeat(64)],
      ],
    );
  });

  for (const name of [
    'hello_2.10.tar.gz',
    'hello_2.10-3.diff.gz',
    'hello_2.10.orig.tar.bz2.asc',
    'hello_2.10.orig-doc.tar.lzma',
  ]) {
    it(`may hold ${name}`, () => accepts(helloDsc({}, [{ ...orig, name }])));
  }

  for (const format of ['1.0', '3.0 (native)', '3.0 (quilt)']) {
    it(`may have the format ${format}`, () => accepts(helloDsc({ Format: format })));
  }

  for (const [what, text, rule] of [
    ['the format 3.0 (git)', helloDsc({ Format: '3.0 (git)' }), 'unsupported-source-format'],
    ['no format', helloDsc({ Format: undefined }), 'unsupported-source-format'],
    ['a file of another source', helloDsc({}, [{ ...orig, name: 'bye_2.10.orig.tar.gz' }]), 'dsc-mismatch'],
    ['a file that is no archive', helloDsc({}, [{ ...orig, name: 'hello_2.10.sh' }]), 'dsc-mismatch'],
    ['a file in a folder', helloDsc({}, [{ ...orig, name: 'hello_2.10/../../x.tar.gz' }]), 'unsafe-filename'],
    ['no Checksums-Sha256', helloDsc({ 'Checksums-Sha256': undefined }), 'missing-field'],
    ['a version of letters', helloDsc({ Version: 'two' }), 'malformed-field'],
    ['an architecture that is none', helloDsc({ Architecture: 'any;id' }), 'malformed-field'],
  ] as const) {
    it(`is refused with ${what}`, () => {
      const result = parseDsc(text);
      assert.equal(isLeft(result) ? result.left.rule : 'accepted', rule);
    });
  }
});
