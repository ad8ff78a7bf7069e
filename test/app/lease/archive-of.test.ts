import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { archiveNow } from '../../../src/app/lease/archive-of.ts';
import { readLease, takeLease } from '../../../src/app/lease/hold-lease.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { yearMs } from '../../support/settable-clock.ts';

it('asks again where the archive is after two seconds, though the clock was set back', async () => {
  const log = openMemoryLog();
  const held = async (node: string) =>
    takeLease(log, await readLease(log), {
      type: 'ArchiveLeaseTaken',
      node,
      builder: node,
      because: 'it was asked to',
    });
  const clock = manualClock();
  const where = archiveNow(log, clock);
  await held('ernie:8066');
  clock.set(yearMs);
  assert.equal(await where(), 'http://ernie:8066');
  clock.set(-yearMs);
  await held('bert:8066');
  assert.equal(await where(), 'http://ernie:8066');
  clock.advance(2_001);
  assert.equal(await where(), 'http://bert:8066');
});
