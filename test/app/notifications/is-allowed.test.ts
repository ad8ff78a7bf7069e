import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAllowed } from '../../../src/app/notifications/is-allowed.ts';
import { processorTime } from '../../support/processor-time.ts';

describe('allowEmailsTo', () => {
  it('allows what it matches somewhere', () => {
    assert.equal(isAllowed('oscar@example.org', '@example[.]org$'), true);
    assert.equal(isAllowed('oscar@example.org.evil.example', '@example[.]org$'), false);
    assert.equal(isAllowed('oscar@example.org', '(?!)'), false);
  });

  it('allows nothing when it is no pattern', () => {
    assert.equal(isAllowed('oscar@example.org', '('), false);
  });

  it('does not run away', () => {
    const begun = processorTime();
    for (const pattern of ['^(a|a)*$', '(a+)+b', '(.*)*(.*)*(.*)*c{200}']) {
      assert.equal(isAllowed(`${'a'.repeat(64)}@example.org`, pattern), false);
    }
    assert.ok(processorTime() - begun < 5000);
  });

  it('allows nothing when it looks ahead, back or at what it matched', () => {
    for (const pattern of ['(?=a)a', '(?<=a)b', '(a)\\1']) assert.equal(isAllowed('aab@example.org', pattern), false);
  });
});
