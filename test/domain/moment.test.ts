import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { Instant } from '../../src/domain/codec.ts';
import { decode } from '../../src/domain/codec.ts';
import { compactMoment, Moment } from '../../src/domain/moment.ts';

describe('A moment', () => {
  for (const [written, meant] of [
    ['20261122T101500Z', '2026-11-22T10:15:00.000Z'],
    ['2026-11-22T10:15:00.250Z', '2026-11-22T10:15:00.250Z'],
    ['2026-11-22T10:15:00.71', '2026-11-22T10:15:00.710Z'],
    ['2026-11-22T10:15:00.7', '2026-11-22T10:15:00.700Z'],
    ['2026-11-22T10:15Z', '2026-11-22T10:15:00.000Z'],
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
  ] as const) {
    it(`is written ${written}`, () => assert.deepEqual(decode(Moment, written), right(meant)));
  }

  for (const wrong of [
    '',
    'now',
    '20261322T101500Z',
    '20260230T000000Z',
    '20261122T250000Z',
    '2026-11-22T10',
    '2026-11-22T10:15:00.',
    '2026-11-22T10:15:00.7105Z',
    '1795342500',
  ]) {
    it(`is not written "${wrong}"`, () => assert.ok(isLeft(decode(Moment, wrong))));
  }

  it('is compacted to a second that includes it', () => {
    assert.equal(compactMoment('2026-11-22T10:15:00.000Z' as Instant), '20261122T101500Z');
    assert.equal(compactMoment('2026-11-22T10:15:59.001Z' as Instant), '20261122T101600Z');
  });
});
