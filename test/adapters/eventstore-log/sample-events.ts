import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { EventId, StreamName } from '../../../src/domain/ids.ts';
import type { NewEvent, RecordedEvent } from '../../../src/ports/event-log.ts';

export const hello = 'upload-hello' as StreamName;
export const world = 'upload-world' as StreamName;

export const newEvent = (): NewEvent => ({
  id: randomUUID() as EventId,
  body: { type: 'UploadReceived' },
  actor: { kind: 'duty', name: 'judge-uploads' },
  causedBy: undefined,
  correlation: 'c0',
  subject: {},
});

/** What an append recorded; throws at a conflict. */
export const recordedBy = async (
  append: Promise<Either<'conflict', readonly RecordedEvent[]>>,
): Promise<readonly RecordedEvent[]> => {
  const outcome = await append;
  if (isLeft(outcome)) throw new Error('the append was refused as a conflict');
  return outcome.right;
};

/** An event as the store itself or another program writes it. */
export const strangeEvent = (type: string) => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from('{"load":0.5}'),
  metadata: Buffer.from(''),
});
