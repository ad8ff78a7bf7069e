import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { instant } from '../../src/domain/codec.ts';
import { rejectedDue } from '../../src/projections/due-uploads.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import { helloReceived, now, recorded, uploadId } from '../support/fixed-examples.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;

/** Two uploads are rejected, by a clock that is `ahead` by so much. */
const rejected = (ahead: readonly [number, number]) => {
  const world = newWorld();
  let n = 0;
  for (const [index, off] of ahead.entries()) {
    const upload = uploadId(index + 1);
    const refusal = { type: 'UploadRejected', upload, rule: 'unknown-key', fact: 'f', remedy: 'r' } as const;
    for (const event of [helloReceived(upload), refusal])
      foldWorld(world, { ...recorded(event, ++n), recordedAt: instant(now + off) });
  }
  return (at: number) => rejectedDue(world, now + at).toArray();
};

describe('What rejected uploads brought', () => {
  it('may go an hour after they were rejected', () => {
    const due = rejected([0, 1000]);
    assert.deepEqual([hour, hour + 1, hour + 1001].map(due), [[], [uploadId(1)], [uploadId(1), uploadId(2)]]);
  });

  it('may go an hour after the clock was put right by which they were rejected, all of it', () => {
    const due = rejected([year, year]);
    assert.deepEqual([0, hour, hour + 1].map(due), [[], [], [uploadId(1), uploadId(2)]]);
  });

  it('may go so in a life that saw them by the wrong clock too', () => {
    const due = rejected([0, year]);
    assert.deepEqual([year, 60_000, hour + 60_000, hour + 60_001].map(due), [
      [uploadId(1)],
      [],
      [uploadId(1)],
      [uploadId(1), uploadId(2)],
    ]);
  });
});
