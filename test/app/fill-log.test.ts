import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { begun, fillLog } from '../../src/app/fill-log.ts';
import type { EventLog, RecordedEvent } from '../../src/ports/event-log.ts';
import { eventId } from '../support/fixed-examples.ts';

const recorded = (n: number): RecordedEvent =>
  ({
    ...{ id: eventId(n), position: String(n).padStart(4, '0'), revision: 0, stream: `upload-${n}` },
    ...{ recordedAt: '2026-11-22T10:15:00Z', actor: { kind: 'daemon', name: 'judge' }, correlation: 'c' },
    body: { type: 'UploadReceived' },
  }) as unknown as RecordedEvent;

const one = recorded(1);
const two = recorded(2);
const three = recorded(3);

const logOf = (...events: readonly RecordedEvent[]) => ({
  readAll: async (after: RecordedEvent['position'] | undefined, limit: number) =>
    events.filter(({ position }) => after === undefined || position > after).slice(0, limit),
});

async function* inPages(...pages: readonly (readonly RecordedEvent[])[]): AsyncGenerator<readonly RecordedEvent[]> {
  yield* pages;
}

const allOf = async (events: AsyncIterable<RecordedEvent>): Promise<readonly RecordedEvent[]> => {
  const all: RecordedEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

const otherwise = ({ id }: RecordedEvent, place: number): Error => new Error(`${place}: ${id}`);

describe('A log that is filled from another', () => {
  it('is gone on with behind what it holds, also in the middle of a page', async () => {
    const { events, rest, beyond } = await begun(logOf(one), inPages([one, two], [three]), otherwise);
    assert.deepEqual([events, await allOf(rest), beyond], [1, [two, three], []]);
  });

  it('has nothing to come where it is whole, and what it holds behind that is told', async () => {
    const { events, rest, beyond } = await begun(logOf(one, two, three), inPages([one], [two]), otherwise);
    assert.deepEqual([events, await allOf(rest), beyond], [2, [], [three]]);
  });

  it('is not gone on with where it holds another event, or the same in another order', async () => {
    await assert.rejects(begun(logOf(one, three), inPages([one, two]), otherwise), { message: `2: ${three.id}` });
    await assert.rejects(begun(logOf(one, two), inPages([two, one]), otherwise), { message: `1: ${one.id}` });
  });

  it('ends with the fault of an append that is not waited for yet, or of what is to come, and leaves nothing under way', async () => {
    const turns = async (many: number): Promise<void> => {
      for (let n = 0; n < many; n += 1) await new Promise(setImmediate);
    };
    let underWay = 0;
    const failing: EventLog = {
      ...openMemoryLog(),
      append: async (stream) => {
        underWay += 1;
        await turns(stream === one.stream ? 1 : 5);
        underWay -= 1;
        throw new Error(`no room for ${stream}`);
      },
    };
    const fill = (last: () => RecordedEvent): Promise<number> => {
      const coming = async function* (): AsyncGenerator<RecordedEvent> {
        yield* [one, two];
        await turns(3);
        yield last();
      };
      return fillLog(coming(), { log: failing, recordAt: () => undefined, together: 10 }, () => undefined);
    };
    await assert.rejects(
      fill(() => three),
      /no room for upload-1/,
    );
    assert.equal(underWay, 0);
    const torn = (): never => {
      throw new Error('the source is torn');
    };
    await assert.rejects(fill(torn), /the source is torn/);
    assert.equal(underWay, 0);
  });
});
