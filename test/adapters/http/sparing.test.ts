import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sparing } from '../../../src/adapters/http/sparing.ts';

describe('Who follows what takes long to make', () => {
  const never = new AbortController().signal;
  const changes = { count: () => 1, beyond: async () => undefined };

  /** Milliseconds until it is looked at again, of a thing that took so long. */
  const restAfter = async (took: number, longest: number): Promise<number> => {
    let clock = 0;
    const following = sparing(changes, longest, () => clock);
    const made = following.timed(async () => {
      clock += took;
      return 'made';
    });
    assert.equal(await made(undefined), 'made');
    const begun = performance.now();
    await following.changes.beyond(0, 1, never);
    return performance.now() - begun;
  };

  it('has it made anew only after much longer than it took, and not at all later than without a change', async () => {
    const atOnce = restAfter(0, 10_000).then(() => true);
    assert.ok(await Promise.race([atOnce, new Promise((resolve) => setImmediate(resolve, false))]));
    assert.ok((await restAfter(10, 10_000)) >= 180);
    assert.ok((await restAfter(10_000, 100)) < 5000);
  });

  it('is let go at once when it ends', async () => {
    const following = sparing(changes, 60_000, () => performance.now() * 1000);
    await following.timed(async () => 'made')(undefined);
    await following.changes.beyond(0, 1, AbortSignal.abort());
  });
});
