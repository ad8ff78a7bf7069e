import { randomUUID } from 'node:crypto';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import type { EventId, StreamName } from '../../../src/domain/ids.ts';
import { event } from './folder.ts';

/** Opens the log of the folder named, says `open`, and appends for ever; each acknowledged event is a line of its own. */
const log = await openEmbeddedLog(process.argv[2] ?? '');
process.stdout.write('open\n');

const writer = async (): Promise<never> => {
  const stream = `upload-${randomUUID()}` as StreamName;
  for (let revision = 0; ; ) {
    const events = Array.from({ length: 1 + (revision % 4) }, () => event());
    await log.append(stream, revision === 0 ? 'none' : revision - 1, events);
    revision += events.length;
    process.stdout.write(events.map(({ id }: { id: EventId }) => `${id}\n`).join(''));
  }
};

await Promise.all(Array.from({ length: 8 }, writer));
