import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAllowed } from '../../../src/app/notifications/is-allowed.ts';

describe('allowEmailsTo', () => {
  it('allows what it matches somewhere', () => {
    assert.equal(isAllowed('oscar@example.org', '@example[.]org$'), true);
    assert.equal(isAllowed('oscar@example.org.evil.example', '@example[.]org$'), false);
    assert.equal(isAllowed('oscar@example.org', '(?!)'), false);
  });

  it('allows nothing when it is no pattern', () => {
    assert.equal(isAllowed('oscar@example.org', '('), false);
  });

  it('is stopped when it runs away', () => {
    const begun = Date.now();
    assert.equal(isAllowed(`${'a'.repeat(60)}@example.org`, '^(a|a)*$'), false);
    assert.ok(Date.now() - begun < 2000);
  });
});
