import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isRight, left, right } from 'fp-ts/lib/Either.js';
import { fieldValue, parseStanza } from '../../../src/adapters/reprepro/stanza.ts';

describe('a control stanza', () => {
  it('is read with the bytes it was written with', () => {
    const text = 'Package: hello\nDepends: libc6,\n  libfoo\n\t(>= 1)\nDescription:\n first\n .\n second\n';
    const fields = parseStanza(text);
    assert.ok(isRight(fields));
    assert.equal(fields.right.map((field) => field.text).join(''), text);
    assert.equal(fieldValue(fields.right, 'DEPENDS'), 'libc6,\n  libfoo\n\t(>= 1)');
    assert.equal(fieldValue(fields.right, 'Nothing'), undefined);
  });

  it('may end in empty lines, or without a line end', () => {
    assert.deepEqual(parseStanza('A: 1\n\n\n'), right([{ name: 'A', text: 'A: 1\n' }]));
    assert.deepEqual(parseStanza('A: 1'), right([{ name: 'A', text: 'A: 1\n' }]));
  });

  for (const [what, text, because] of [
    ['a second stanza', 'Package: a\n\nPackage: bash\n', /neither a field/],
    [
      'a line of blanks, which some readers take for the end',
      'Package: a\nDescription: x\n \nPackage: bash\n',
      /empty line/,
    ],
    ['a field twice', 'Package: a\npackage: bash\n', /twice/],
    ['a continuation of nothing', ' Package: a\n', /neither a field/],
    ['a line without a colon', 'Package: a\nbash\n', /neither a field/],
    ['a comment', 'Package: a\n# bash\n', /neither a field/],
    ['a carriage return', 'Package: a\rPackage: bash\n', /control characters/],
    ['a NUL', 'Package: a\0b\n', /control characters/],
    ['nothing', '', /neither a field/],
  ] as const) {
    it(`is refused with ${what}`, () => {
      const answer = parseStanza(text);
      assert.ok(!isRight(answer));
      assert.match(answer.left, because);
    });
  }

  it('never becomes two packages, whatever bytes it is made of', () => {
    const piece = fc.constantFrom('Package', ':', ' ', '\n', '\t', '\r', 'a', '.', '#', '\0', '\v', '-', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const answer = parseStanza(pieces.join(''));
        if (!isRight(answer)) return assert.notDeepEqual(answer, left(''));
        const written = answer.right.map(({ text }) => text).join('');
        assert.doesNotMatch(written, /\n[ \t]*\n/);
        assert.ok([...written.matchAll(/^package:/gim)].length <= 1);
      }),
    );
  });
});
