import assert from 'node:assert/strict';
import { it } from 'node:test';
import { firstValueFrom, take, timeout, toArray } from 'rxjs';
import { openEmbeddedLog, openEmbeddedLogReadOnly } from '../../../src/adapters/embedded-log/embedded-log.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import { event, fill, logFolder } from './folder.ts';

it('is read beside its daemon, and follows it, but takes no event', async (test) => {
  const folder = logFolder(test);
  const daemon = await openEmbeddedLog(folder);
  test.after(() => daemon.close());
  await fill(daemon, 3);
  const reader = await openEmbeddedLogReadOnly(folder);
  test.after(() => reader.close());
  assert.deepEqual(await reader.readAll(undefined, 10), await daemon.readAll(undefined, 10));
  await assert.rejects(reader.append('upload-new' as StreamName, 'none', [event()]), /open for reading only/);
  const followed = firstValueFrom(reader.follow(undefined).pipe(take(4), toArray(), timeout(10_000)));
  await daemon.append('upload-new' as StreamName, 'none', [event()]);
  assert.deepEqual(await followed, await daemon.readAll(undefined, 10));
  assert.equal(daemon.state().status, 'writable');
});

it('is read when no daemon runs, and leaves the log to the next one', async (test) => {
  const folder = logFolder(test);
  const daemon = await openEmbeddedLog(folder);
  const events = await fill(daemon, 3);
  await daemon.close();
  const reader = await openEmbeddedLogReadOnly(folder);
  assert.deepEqual(await reader.readAll(undefined, 10), events);
  await reader.close();
  const next = await openEmbeddedLog(folder);
  assert.equal(next.state().status, 'writable');
  await next.close();
});

it('says where it looked for a log that is not there', async (test) => {
  const folder = logFolder(test);
  await assert.rejects(openEmbeddedLogReadOnly(folder), new RegExp(`There is no log in ${folder}`));
});
