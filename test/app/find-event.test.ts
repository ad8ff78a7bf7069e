import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { madeAt, newEventId } from '../../src/app/event-ids.ts';
import { findEvent } from '../../src/app/find-event.ts';
import { EventId, type StreamName } from '../../src/domain/ids.ts';
import type { NewEvent, Query } from '../../src/ports/event-log.ts';
import { eventId, now } from '../support/fixed-examples.ts';

describe('The id of an event', () => {
  it('is a UUID that tells when it was made, and none like another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (at) => {
        const [one, other] = [newEventId(at), newEventId(at)];
        assert.ok(EventId.is(one));
        assert.match(one, /^.{14}7.{4}[89ab]/);
        assert.equal(madeAt(one), at);
        assert.notEqual(one, other);
        assert.equal(newEventId(Math.min(at + 1, 2 ** 48 - 1)).slice(0, 13) >= one.slice(0, 13), true);
      }),
    );
  });

  it('of another version tells nothing', () => assert.equal(madeAt(eventId(1)), undefined));
});

describe('An event', () => {
  const named = (id: EventId, correlation: string): NewEvent => ({
    id,
    body: { type: 'EngineStarted' },
    actor: { kind: 'duty', name: 'example' },
    causedBy: undefined,
    correlation,
    subject: {},
  });

  const record = async (ids: readonly EventId[], recordedAt: number) => {
    const log = openMemoryLog(undefined, () => recordedAt);
    for (const [n, id] of ids.entries())
      await log.append(`upload-${n}` as StreamName, 'none', [named(id, `chain ${n}`)]);
    const asked: Omit<Query, 'limit'>[] = [];
    const query = (wanted: Query) => {
      asked.push(wanted);
      return log.query(wanted);
    };
    return { log: { query }, asked };
  };

  it('is found by the time that its id tells, among many, and when the clock was set back meanwhile', async () => {
    const ids = Array.from({ length: 1200 }, () => newEventId(now));
    const { log } = await record(ids, now + 30 * 60_000);
    assert.equal((await findEvent(log, ids[0] as EventId, undefined))?.correlation, 'chain 0');
    assert.equal((await findEvent(log, ids[1199] as EventId, undefined))?.correlation, 'chain 1199');
  });

  it('is found in its chain where its id tells nothing', async () => {
    const { log } = await record([eventId(1), eventId(2)], now);
    assert.equal((await findEvent(log, eventId(2), 'chain 1'))?.id, eventId(2));
  });

  it('is never looked for in the whole log', async () => {
    const { log, asked } = await record([eventId(1)], now);
    assert.equal(await findEvent(log, eventId(1), undefined), undefined);
    assert.equal(await findEvent(log, eventId(1), 'chain 7'), undefined);
    assert.equal(await findEvent(log, newEventId(2 ** 48 - 1), undefined), undefined);
    assert.equal(await findEvent(log, newEventId(0), undefined), undefined);
    assert.ok(asked.every(({ from, correlation }) => from !== undefined || correlation !== undefined));
  });
});
