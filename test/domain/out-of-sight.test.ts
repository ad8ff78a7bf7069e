import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isOneLine } from '../../src/domain/configuration/rules/rule.ts';
import { inSight, inSightOnOneLine, isOnOneLineInSight } from '../../src/domain/out-of-sight.ts';

describe('text', () => {
  for (const [what, hidden] of [
    ['turns its neighbours around', '\u202e'],
    ['says which way it goes', '\u061c'],
    ['isolates', '\u2066'],
    ['has no width', '\u200b'],
    ['joins nothing', '\u2060'],
    ['is a hyphen only at the end of a line', '\u00ad'],
    ['marks the order of bytes', '\ufeff'],
    ['ends a line unseen', '\u2028'],
    ['ends a paragraph unseen', '\u2029'],
    ['is a tag', '\u{e0041}'],
    ['a terminal obeys', '\u001b'],
    ['an old terminal obeys', '\u009b'],
    ['joins letters that are not joined', '\u200d'],
  ] as const)
    it(`has a sign for what ${what}, and no rule of one line takes it`, () => {
      assert.equal(inSight(`a${hidden}b`), 'a\ufffdb');
      assert.equal(
        inSight(`a${hidden}b`, () => '?'),
        'a?b',
      );
      assert.equal(inSightOnOneLine(`a${hidden}b`), 'a\ufffdb');
      assert.ok(!isOneLine(`a${hidden}b`));
    });

  it('keeps tabs and lines where it may have several, and joiners between letters that are joined', () => {
    assert.equal(inSight('a\tb\nc'), 'a\tb\nc');
    assert.equal(inSightOnOneLine('a\tb\nc'), 'a\ufffdb\ufffdc');
    const word = '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645';
    assert.equal(inSight(word), word);
    assert.ok(isOneLine(word));
  });

  it('is on one line in sight as soon as it was put there, whatever it held', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = inSightOnOneLine(text);
        assert.ok(isOnOneLineInSight(shown));
        assert.equal(isOnOneLineInSight(text), shown === text);
        assert.doesNotMatch(shown, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
