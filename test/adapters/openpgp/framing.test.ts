import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Framed, frame } from '../../../src/adapters/openpgp/framing.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `unsigned`, `signed`, or the rule that was broken. */
const word = (framed: Framed): string => (framed.kind === 'refused' ? framed.because.rule : framed.kind);

const begin = '-----BEGIN PGP SIGNED MESSAGE-----';
const signature = ['-----BEGIN PGP SIGNATURE-----', '', 'aGVsbG8=', '=R/WK', '-----END PGP SIGNATURE-----', ''];
const block = (...text: readonly string[]): string => [begin, 'Hash: SHA512', '', ...text, ...signature].join('\n');

const hello = block('Source: hello');
const altered = (from: string | RegExp, to: string): string => {
  const changed = hello.replace(from, to);
  assert.notEqual(changed, hello);
  return changed;
};

describe('A clearsigned file', () => {
  it('is taken apart', () => {
    const framed = frame(bytes(block('Source: hello \t', '- -dash', '', 'é')));
    assert.ok(framed.kind === 'signed');
    assert.equal(framed.text, 'Source: hello\n-dash\n\né');
    assert.deepEqual(framed.hashes, ['SHA512']);
    assert.equal(Buffer.from(framed.signature).toString(), 'hello');
  });

  for (const [what, text] of [
    ['CRLF', hello.replaceAll('\n', '\r\n')],
    ['empty lines around it', `\n \n${hello}\n\t\r\n`],
    ['two digests in its header', altered('SHA512', 'SHA512, SHA256')],
    ['two headers for its digests', altered('Hash: SHA512', 'Hash: SHA512\nHash: SHA256')],
    ['an armor without a checksum', altered('=R/WK\n', '')],
    ['an armor with headers', altered('SIGNATURE-----\n', 'SIGNATURE-----\nVersion: GnuPG v1\nComment: a\n')],
    ['blanks after its marks', altered(/-----$/gm, '----- ')],
    ['no newline at its end', hello.trimEnd()],
  ] as const) {
    it(`may have ${what}`, () => assert.equal(word(frame(bytes(text))), 'signed'));
  }

  for (const [what, text, rule] of [
    ['text before', `Source: bye\n${hello}`, 'text-outside-signature'],
    ['text after', `${hello}Source: bye\n`, 'text-outside-signature'],
    ['a second block', hello + hello, 'text-outside-signature'],
    ['a second block within', block(hello), 'text-outside-signature'],
    ['a second signature', hello + signature.join('\n'), 'text-outside-signature'],
    ['a begin that is indented', ` ${hello}`, 'not-clearsigned'],
    ['a byte order mark', `\uFEFF${hello}`, 'not-clearsigned'],
    ['no signature', altered(/-----BEGIN PGP SIGNATURE[\s\S]*/, ''), 'malformed-signature'],
    ['no end', altered('-----END PGP SIGNATURE-----', ''), 'malformed-signature'],
    ['no end line but another', altered('END PGP SIGNATURE', 'END PGP MESSAGE'), 'malformed-signature'],
    ['no empty line after the header', altered('\n\nSource', '\nSource'), 'malformed-signature'],
    ['another header', altered('Hash:', 'Comment: a\nHash:'), 'malformed-signature'],
    ['NotDashEscaped', altered('Hash:', 'NotDashEscaped: You need GnuPG\nHash:'), 'malformed-signature'],
    ['a field as header', altered('Hash:', 'Source: bye\nHash:'), 'malformed-signature'],
    ['a blank in the empty line', altered('\n\nSource', '\n \nSource'), 'malformed-signature'],
    ['a form feed in the empty line', altered('\n\nSource', '\n\f\nSource'), 'malformed-signature'],
    ['a dash that is not escaped', altered('Source', '-Source'), 'malformed-signature'],
    ['a mark that is not escaped', altered('Source', '-----Source'), 'malformed-signature'],
    ['a carriage return in a line', altered('hello', 'he\rllo'), 'malformed-signature'],
    ['NUL', altered('hello', 'he\0llo'), 'malformed-signature'],
    ['a wrong checksum', altered('=R/WK', '=AAAA'), 'malformed-signature'],
    ['base64 that is none', altered('aGVsbG8=', 'aGVs*G8='), 'malformed-signature'],
    ['base64 with stray bits', altered('aGVsbG8=', 'aGVsbG9='), 'malformed-signature'],
    ['base64 after the padding', altered('aGVsbG8=', 'aGVsbG8=\naGVsbG8='), 'malformed-signature'],
    ['no bytes at all', altered('aGVsbG8=\n=R/WK\n', ''), 'malformed-signature'],
    ['an inline message', '-----BEGIN PGP MESSAGE-----\n\naGVsbG8=\n-----END PGP MESSAGE-----\n', 'not-clearsigned'],
    ['100,001 lines', '\n'.repeat(100_001), 'oversized'],
    ['4 MiB and more', 'a'.repeat(4_194_305), 'oversized'],
  ] as const) {
    it(`is refused with ${what}`, () => assert.equal(word(frame(bytes(text))), rule));
  }

  it('is refused when it is not UTF-8', () => {
    assert.equal(word(frame(Uint8Array.of(0x53, 0xe9, 0x0a))), 'not-utf-8');
    assert.equal(word(frame(Uint8Array.of(0xa3, 0x01, 0x5b))), 'not-utf-8');
  });

  it('does not end its text at what only Unicode calls a line end', () => {
    const framed = frame(bytes(block('Source: a\u2028-----BEGIN PGP SIGNATURE-----')));
    assert.ok(framed.kind === 'signed');
    assert.equal(framed.text, 'Source: a\u2028-----BEGIN PGP SIGNATURE-----');
  });
});

describe('Any file', () => {
  it('is unsigned without armor, and its text is all of it', () => {
    const framed = frame(bytes('\uFEFFSource: hello\r\n'));
    assert.ok(framed.kind === 'unsigned');
    assert.equal(framed.text, '\uFEFFSource: hello\r\n');
  });

  it('has an answer', () => {
    const pieces = fc.array(fc.constantFrom(begin, ...signature, 'Hash: SHA512', '- ', ' ', '\r', '\0', 'é'));
    fc.assert(
      fc.property(pieces, fc.constantFrom('\n', ''), (lines, join) => {
        assert.notEqual(word(frame(bytes(lines.join(join)))), '');
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (file) => assert.notEqual(word(frame(file)), '')));
  });
});
