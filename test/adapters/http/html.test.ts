import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Content, escaped, html } from '../../../src/adapters/http/views/html.ts';

describe('html', () => {
  it('escapes what it is given and keeps what it made', () => {
    const bold = html`<b>${'<&>'}</b>`;
    assert.equal(
      html`<p title="${'"'}">${bold}${[1, bold]}${undefined}${false}</p>`.toString(),
      '<p title="&#34;"><b>&#60;&#38;&#62;</b>1<b>&#60;&#38;&#62;</b></p>',
    );
  });

  it('takes nothing for markup because of its shape', () => {
    const posing = JSON.parse('{"markup":"<script>","toString":"x"}') as unknown as Content;
    assert.throws(() => html`${posing}`);
  });

  it('shows what would turn text around or hide it', () => {
    assert.equal(escaped('a\u202eb\0c\u001b[31m\r'), 'a\ufffdb\ufffdc\ufffd[31m\ufffd');
    assert.equal(escaped('a\u061cb\u200bc\u00add\u{e0041}'), 'a\ufffdb\ufffdc\ufffdd\ufffd');
  });

  it('leaves joiners in words that are written with them, and shows them where they only hide', () => {
    const word = '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645';
    assert.equal(escaped(word), word);
    assert.equal(escaped('mini\u200dbuildd\u200c'), 'mini\ufffdbuildd\ufffd');
  });

  it('gives lines back as they were typed into a form', () => {
    assert.equal(escaped('debian: one\r\nubuntu: two\r\n'), 'debian: one\nubuntu: two\n');
  });

  it('lets no text leave its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(html`${text}`.toString(), /[<>"'`]|&(?!#\d+;)/);
      }),
    );
  });
});
