import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { eventsOfTypes } from '../../../src/app/snapshots/events-of-types.ts';
import type { EventId, StreamName } from '../../../src/domain/ids.ts';
import type { NewEvent } from '../../../src/ports/event-log.ts';

const event = (type: string, n: number): NewEvent => ({
  id: `0193b3a0-0000-7000-8000-${String(n).padStart(12, '0')}` as EventId,
  body: { type },
  actor: { kind: 'duty', name: 'test' },
  causedBy: undefined,
  correlation: 'test',
  subject: {},
});

/** Long runs of one type, so that there is more of some than one page holds. */
const runs = fc.array(fc.tuple(fc.constantFrom('Often', 'Seldom', 'Never', 'Once'), fc.nat(1100)), { maxLength: 8 });

describe('Events of some types', () => {
  it('are those that a reading of the whole log finds, in its order, up to the end asked for', async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.subarray(['Often', 'Seldom', 'Once']), fc.nat(100), async (all, types, percent) => {
        const log = openMemoryLog();
        for (const [run, [type, times]] of all.entries()) {
          const events = Array.from({ length: times }, (_, n) => event(type, 10_000 * run + n));
          if (times > 0) await log.append(`run-${run}` as StreamName, 'none', events);
        }
        const recorded = await log.readAll(undefined, 10_000);
        const end = recorded[Math.floor(((recorded.length - 1) * percent) / 100)];
        if (end === undefined) return;
        const found = [];
        for await (const page of eventsOfTypes(log, types, end.position)) found.push(...page);
        assert.deepEqual(
          found,
          recorded.filter(({ position, body }) => position <= end.position && types.includes(body.type)),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('are none in a log that holds nothing', async () => {
    const end = '00000000000000000001' as Parameters<typeof eventsOfTypes>[2];
    for await (const page of eventsOfTypes(openMemoryLog(), ['Often'], end)) assert.fail(`${page.length} events`);
  });
});
