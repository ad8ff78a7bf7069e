import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replay } from '../../../src/app/snapshots/replay.ts';
import type { EventId } from '../../../src/domain/ids.ts';
import type { Position, Query, RecordedEvent } from '../../../src/ports/event-log.ts';
import { noPast } from '../../../src/projections/past.ts';
import { acme, acmeConfigured, recorded } from '../../support/fixed-examples.ts';

describe('Reading the log for a past state', () => {
  it('tells now and then how far it is, and ends where the publication stands', async () => {
    const { event: body, ...envelope } = recorded(acmeConfigured, 1);
    const positions = Array.from({ length: 30_000 }, (_, n) => String(n + 1).padStart(16, '0') as Position);
    const readAll = async (after: Position | undefined, limit: number): Promise<readonly RecordedEvent[]> => {
      const from = after === undefined ? 0 : Number(after);
      return positions.slice(from, from + limit).map((position) => ({ ...envelope, body, position }) as RecordedEvent);
    };
    const query = async ({ type, after, limit }: Query) => (type === body.type ? readAll(after, limit) : []);
    const publication = { ...noPublication, position: positions[24_999] as Position };
    const told: number[] = [];
    await replay({ readAll, query }, noPast(acme, publication), (events) => told.push(events));
    // The first event comes alone.
    assert.deepEqual(told, [10_001, 20_001]);
  });
});

const noPublication = {
  id: '00000000-0000-4000-8000-000000000001' as EventId,
  at: recorded(acmeConfigured, 1).recordedAt,
  upTo: null,
  configuredBy: null,
};
