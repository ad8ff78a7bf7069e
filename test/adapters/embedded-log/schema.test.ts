import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { it } from 'node:test';
import { schema } from '../../../src/adapters/embedded-log/schema.ts';

it('makes a log with the very words that every log there is was made with, and is held against', () => {
  assert.equal(hash('sha256', schema), '7afba0f9edbe38048df17249537825a46cf996b2da01a29b72f8121e21d2dde6');
});
