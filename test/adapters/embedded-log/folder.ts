import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { EventId, StreamName } from '../../../src/domain/ids.ts';
import type { EventLog, NewEvent, RecordedEvent } from '../../../src/ports/event-log.ts';
import { removeFolder } from '../../support/remove-folder.ts';

/** A folder for a log, not made yet; it goes with the test. */
export const logFolder = (test: TestContext): string => {
  const home = mkdtempSync(join(tmpdir(), 'mini-buildd-log-'));
  test.after(() => removeFolder(home));
  return join(home, 'log');
};

export const event = (fact = 'as it should be'): NewEvent => ({
  id: randomUUID() as EventId,
  body: { type: 'UploadReceived', fact } as NewEvent['body'],
  actor: { kind: 'duty', name: 'judge-uploads' },
  causedBy: undefined,
  correlation: 'c0',
  subject: { package: 'hello' },
});

/** Appends `count` events, each to a stream of its own, one after the other; `fact` says the place, from 1. */
export const fill = async (log: EventLog, count: number): Promise<readonly RecordedEvent[]> => {
  for (let n = 1; n <= count; n += 1) await log.append(`upload-n${n}` as StreamName, 'none', [event(`fact ${n}.`)]);
  return log.readAll(undefined, count);
};
