import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordedEvent as StoredEvent } from '@eventstore/db-client';
import * as fc from 'fast-check';
import { fromStore, toStore } from '../../../src/adapters/eventstore-log/envelope.ts';
import { position, storePosition } from '../../../src/adapters/eventstore-log/position.ts';
import type { Instant } from '../../../src/domain/codec.ts';
import { eventCodecs } from '../../../src/domain/event.ts';
import { countedBytes } from '../../../src/ports/event-log.ts';
import { hello, newEvent } from './sample-events.ts';

const longestType = Math.max(...Object.keys(eventCodecs).map(({ length }) => length));

const stored = (over: Partial<StoredEvent> = {}): StoredEvent => {
  const { contentType: _, ...event } = toStore(newEvent(), { notBefore: '2026-11-22T10:15:00.000Z' as Instant });
  return {
    ...event,
    streamId: hello,
    revision: 3n,
    isJson: true,
    created: new Date('2026-11-22T10:14:59.000Z'),
    position: { commit: 4711n, prepare: 4711n },
    ...over,
  } as StoredEvent;
};

describe('the envelope of an event in EventStoreDB', () => {
  it("uses the store's own words for correlation and cause", () => {
    const metadata = JSON.parse(JSON.stringify(toStore({ ...newEvent(), causedBy: newEvent().id }, {}).metadata));
    assert.deepEqual(Object.keys(metadata), ['$correlationId', '$causationId', 'actor', 'subject']);
  });

  it('takes the later of the time of the server and of the time that the writer knew', () => {
    assert.equal(fromStore(stored()).recordedAt, '2026-11-22T10:15:00.000Z');
    const created = new Date('2026-11-22T10:15:01.000Z');
    assert.equal(fromStore(stored({ created })).recordedAt, '2026-11-22T10:15:01.000Z');
  });

  it('never makes more of an event than all logs count it as', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    const id = fc.constantFrom(newEvent().id, undefined);
    const types = fc.integer({ min: 1, max: longestType }).map((length) => 'T'.repeat(length));
    await fc.assert(
      fc.property(types, text, text, id, (type, fact, name, causedBy) => {
        const event = { ...newEvent(), body: { type, fact }, causedBy, correlation: name, subject: { package: fact } };
        const at = '2026-11-22T10:15:00.000Z' as Instant;
        const { data, metadata } = toStore(event, { notBefore: at, recordedAt: at });
        const stored = [data, metadata].map((each) => Buffer.byteLength(JSON.stringify(each)));
        const bytes = stored.reduce((sum, each) => sum + each, 2 * type.length);
        assert.ok(bytes <= countedBytes([JSON.stringify(event)]));
      }),
    );
  });

  it('names the remedy when an old server does not tell positions', () => {
    const unknown = 2n ** 64n - 1n;
    for (const position of [undefined, { commit: unknown, prepare: unknown }])
      assert.throws(() => fromStore({ ...stored(), position } as StoredEvent), /upgrade it to 22\.6 or later/);
  });

  it('knows as not ours what lacks the envelope, a type in the body, or a name of ours', () => {
    for (const over of [
      { metadata: undefined },
      { metadata: {} },
      { data: 'text' },
      { data: {} },
      { streamId: 'Cart 1' },
    ])
      assert.throws(() => fromStore(stored(over as Partial<StoredEvent>)), /was not written by mini-buildd/);
  });

  it('orders positions as text as the store orders them as numbers', async () => {
    const commit = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    await fc.assert(
      fc.property(commit, commit, (one, other) => {
        assert.equal(position(one) < position(other), one < other);
        assert.deepEqual(storePosition(position(one)), { commit: one, prepare: one });
      }),
    );
  });
});
