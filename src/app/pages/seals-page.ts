import { decodeEvent } from '../../domain/event.ts';
import type { LogSealed } from '../../domain/seal/events.ts';
import { sealStream } from '../../domain/stream.ts';
import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';
import type { World } from '../../projections/world.ts';
import { type Sealing, sealLine } from './sealing.ts';

/** Seals of one page. */
const pageLength = 50;

/** What is published of seals: the newest first, and the checkpoint of each. */
export const sealsPage = (world: World, log: Pick<EventLog, 'query' | 'readStream'>, sealing: Sealing) => ({
  list: async (before: Position | undefined) => {
    const found = await log.query({
      type: 'LogSealed',
      ...(before === undefined ? {} : { before }),
      limit: pageLength + 1,
    });
    const page = found.slice(0, pageLength);
    return {
      sealing: sealing(),
      seals: page.map((recorded) => sealLine(sealIn(recorded))),
      next: found.length > page.length ? page.at(-1)?.position : undefined,
    };
  },
  latest: () => world.seals.last?.sealed.checkpoint,
  checkpoint: async (seal: number) =>
    (await log.readStream(sealStream(seal))).map((recorded) => sealIn(recorded).checkpoint)[0],
});

const sealIn = ({ body, position }: RecordedEvent): LogSealed =>
  decodeEvent(body, `the event at ${position}`) as LogSealed;
