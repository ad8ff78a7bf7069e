import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { fieldOf, formatParagraph, parseDeb822 } from '../../../src/domain/debian/deb822.ts';

const read = (text: string) => {
  const result = parseDeb822(text);
  if (isLeft(result)) assert.fail(`refused: ${result.left.fact}`);
  return result.right.map((paragraph) => Object.fromEntries([...paragraph.values()].map((f) => [f.name, f.value])));
};

const rule = (text: string): string => {
  const result = parseDeb822(text);
  if (isRight(result)) assert.fail(`accepted: ${JSON.stringify(read(text))}`);
  return result.left.rule;
};

describe('Control data', () => {
  it('is read paragraph by paragraph', () => {
    assert.deepEqual(read('Source: hello\nFiles:\n a 1\n .\n  b\n\n\nPackage: x\n'), [
      { Source: 'hello', Files: '\na 1\n\n b' },
      { Package: 'x' },
    ]);
  });

  it('is the same with CRLF, blanks at line ends, tabs before a continuation and no last newline', () => {
    assert.deepEqual(read('Source:hello \r\nFiles: \r\n\ta\t\r\n \t\r\nPackage: \t x'), [
      { Source: 'hello', Files: '\na' },
      { Package: 'x' },
    ]);
  });

  it('finds a field whatever its case', () => {
    const result = parseDeb822('sOURCE: hello\n');
    assert.ok(isRight(result));
    assert.equal(fieldOf(result.right[0] ?? new Map(), 'Source'), 'hello');
  });

  it('keeps names that mean something to JavaScript plain', () => {
    const result = parseDeb822('__proto__: x\nconstructor: y\n');
    assert.ok(isRight(result));
    assert.equal(fieldOf(result.right[0] ?? new Map(), '__proto__'), 'x');
  });

  for (const [what, text, expected] of [
    ['a field twice', 'Source: a\nSource: b\n', 'duplicate-field'],
    ['a field twice in odd case', 'Source: a\nsouRCE: b\n', 'duplicate-field'],
    ['NUL', 'Source: a\0b\n', 'malformed-control-data'],
    ['a carriage return within a line', 'Source: a\rVersion: 1\n', 'malformed-control-data'],
    ['an escape', 'Source: \x1b[1mhello\n', 'malformed-control-data'],
    ['a line separator of Unicode', 'Source: a\u2028b\n', 'malformed-control-data'],
    ['a byte order mark', '\uFEFFSource: a\n', 'malformed-control-data'],
    ['a continuation without a field', ' a\n', 'malformed-control-data'],
    ['a continuation after an empty line', 'Source: a\n\n b\n', 'malformed-control-data'],
    ['a line without a colon', 'Source: a\nhello\n', 'malformed-control-data'],
    ['a blank before the colon', 'Source : a\n', 'malformed-control-data'],
    ['a field without a name', ': a\n', 'malformed-control-data'],
    ['a field that begins with a dash', '-Source: a\n', 'malformed-control-data'],
    ['a comment', '# Source: a\nSource: b\n', 'malformed-control-data'],
    ['an armor', '-----BEGIN PGP SIGNED MESSAGE-----\n', 'malformed-control-data'],
    ['letters beyond ASCII in a name', 'Sourcé: a\n', 'malformed-control-data'],
    ['a name of 200 letters', `${'a'.repeat(200)}: a\n`, 'malformed-control-data'],
    ['more than 1 MiB', `Source: ${'a'.repeat(1_048_576)}\n`, 'oversized'],
    ['100,000 lines', 'a:\n'.padEnd(200_000, ' \n'), 'oversized'],
  ] as const) {
    it(`refuses ${what}`, () => assert.equal(rule(text), expected));
  }

  it('answers for any text whatever', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '\r', '\t', '.', '-', '#', '\0', 'é', '😀') }),
        (text) => {
          assert.ok(['Left', 'Right'].includes(parseDeb822(text)._tag));
        },
      ),
    );
  });

  it('is read back as it was written', () => {
    const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/);
    const lines = fc.stringMatching(/^[a-zé. ]{0,8}$/).map((line) => (line.trim() === '' ? '' : line.trimEnd()));
    const values = fc.tuple(
      lines.map((line) => line.trim()),
      fc.array(lines, { maxLength: 4 }),
    );
    const fields = fc.uniqueArray(fc.tuple(names, values), { minLength: 1, selector: ([name]) => name.toLowerCase() });
    fc.assert(
      fc.property(fields, (written) => {
        const paragraph = written.map(([name, [first, rest]]) => ({ name, value: [first, ...rest].join('\n') }));
        assert.deepEqual(read(formatParagraph(paragraph)), [
          Object.fromEntries(paragraph.map(({ name, value }) => [name, value])),
        ]);
      }),
    );
  });

  it('is written as apt reads it', () => {
    assert.equal(
      formatParagraph([
        { name: 'Origin', value: 'mini-buildd test' },
        { name: 'SHA256', value: '\nabc 1 main/binary-amd64/Packages' },
        { name: 'Signed-By', value: '\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxyz' },
      ]),
      'Origin: mini-buildd test\nSHA256:\n abc 1 main/binary-amd64/Packages\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n xyz\n',
    );
  });

  it('is not written with a name that would be read otherwise', () => {
    for (const name of ['', 'a b', '#a', '-a', 'a:', 'é']) {
      assert.throws(() => formatParagraph([{ name, value: 'x' }]), /cannot hold/);
    }
  });
});
