import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { usualDurations } from '../../src/app/usual-durations.ts';
import { streamOf } from '../../src/domain/stream.ts';
import { noBinNmus } from '../../src/projections/binnmus.ts';
import { foldBuilds, noBuilds } from '../../src/projections/build-queue.ts';
import {
  amd64,
  arm64,
  eventId,
  helloRequested,
  helloSucceeded,
  recorded,
  uploadId,
} from '../support/fixed-examples.ts';

const succeeded = (n: number, total: number, on = amd64) => ({
  ...helloSucceeded(1, uploadId(n), on),
  times: { install: 1, build: total - 1, total, stages: [] },
});

describe('how long a build usually takes', () => {
  it('is the median of the last ones on its architecture, known a moment after it was asked for', async () => {
    const log = openMemoryLog();
    const done = [900, 60, 70, 50, 65, 80].map((total, n) => succeeded(n + 1, total));
    for (const [n, body] of [...done, succeeded(7, 5000, arm64)].entries()) {
      const event = {
        id: eventId(n),
        body,
        causedBy: undefined,
        correlation: 'example',
        subject: { package: 'hello' },
      };
      await log.append(streamOf(body), 'none', [{ ...event, actor: { kind: 'duty', name: 'run-builds' } }]);
    }
    const queue = noBuilds();
    for (const on of [amd64, arm64]) foldBuilds(queue, recorded(helloRequested(uploadId(9), on), 1), noBinNmus());
    const usual = usualDurations(log);
    const [one, other] = [...queue.open.values()];
    assert.ok(one !== undefined && other !== undefined);
    assert.equal(usual(one), undefined);
    usual(other);
    await new Promise(setImmediate);
    assert.deepEqual([usual(one), usual(other)], [65, 5000]);
  });
});
