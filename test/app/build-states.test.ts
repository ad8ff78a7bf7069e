import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { furthestOf } from '../../src/app/pages/build-states.ts';

describe('An upload that is not installed yet', () => {
  it('stands where the furthest of its open builds does', () => {
    assert.equal(furthestOf([]), 'received');
    assert.equal(furthestOf(['dep-wait', 'dep-wait']), 'dep-wait');
    assert.equal(furthestOf(['dep-wait', 'needs-build', 'built']), 'needs-build');
    assert.equal(furthestOf(['failed', 'building', 'dep-wait']), 'building');
    assert.equal(furthestOf(['built', 'skipped', 'failed']), 'built');
  });
});
