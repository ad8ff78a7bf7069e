import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { memoryStore, openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import type { EventId, StreamName } from '../../../src/domain/ids.ts';
import type { NewEvent } from '../../../src/ports/event-log.ts';
import { eventLogContract } from '../../contracts/event-log.ts';

eventLogContract('the memory log', async () => {
  const store = memoryStore();
  let log = openMemoryLog(store);
  return {
    log,
    reopen: async () => {
      await log.close();
      log = openMemoryLog(store);
      return log;
    },
    dispose: () => log.close(),
  };
});

it('keeps its order of time when the clock jumps back', async () => {
  const times = [2_000, 1_000, 3_000];
  const log = openMemoryLog(memoryStore(), () => times.shift() ?? 0);
  for (const n of [0, 1, 2]) await log.append(`upload-n${n}` as StreamName, 'none', [received()]);
  assert.deepEqual(
    (await log.readAll(undefined, 10)).map(({ recordedAt }) => Date.parse(recordedAt)),
    [2_000, 2_000, 3_000],
  );
});

it('survives a daemon that was dropped without closing it', async () => {
  const store = memoryStore();
  const stream = 'upload-hello' as StreamName;
  await openMemoryLog(store).append(stream, 'none', [received()]);
  const next = openMemoryLog(store);
  await next.append(stream, 0, [received()]);
  assert.equal((await next.readStream(stream)).length, 2);
});

const received = (): NewEvent => ({
  id: randomUUID() as EventId,
  body: { type: 'UploadReceived' },
  actor: { kind: 'duty', name: 'judge-uploads' },
  causedBy: undefined,
  correlation: 'c0',
  subject: {},
});
