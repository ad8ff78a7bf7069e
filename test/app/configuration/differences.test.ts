import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paragraphs } from '../../../src/app/configuration/reconfigure.ts';

const changed = (from: unknown, to: unknown): string =>
  paragraphs([{ change: 'changed', what: 'distribution trixie', fields: [{ field: 'build.setup', from, to }] }]);

describe('A difference in words', () => {
  it('shows of a long value where it begins to be another one', () => {
    const script = Array.from({ length: 200 }, (_, n) => `line ${n}`).join('\n');
    const said = changed(script, script.replace('line 150', 'LINE 150'));
    assert.match(said, / {4}build\.setup: \.\.\.[^→]*line 150\\n[^→]*\.\.\. → \.\.\.[^→]*LINE 150\\n/);
    assert.ok(said.length < 350);
  });

  it('shows of a long value what came to its end, or went from it', () => {
    const keys = Array.from({ length: 40 }, (_, n) => `key-${n}`);
    assert.match(changed(keys, [...keys, 'key-new']), /→ \.\.\..*"key-39","key-new"\]\n$/);
    assert.match(changed(keys, keys.slice(0, -1)), /"key-39"\] → \.\.\..*"key-38"\]\n$/);
  });

  it('shows what is short as a whole', () => {
    assert.equal(changed(6, 99), '~ distribution trixie\n    build.setup: 6 → 99\n');
    assert.equal(changed(undefined, 'x'), '~ distribution trixie\n    build.setup: (not there) → "x"\n');
  });
});
