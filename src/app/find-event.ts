import { instant } from '../domain/codec.ts';
import type { EventId } from '../domain/ids.ts';
import type { EventLog, Position, Query, RecordedEvent } from '../ports/event-log.ts';
import { madeAt } from './event-ids.ts';

type Log = Pick<EventLog, 'query'>;

/**
 * The event of this id. Ids are in no index: it is sought in `chain` (a correlation) where that is known, else around the time that the
 * id tells, never in the whole log; so it may be there and not be found.
 */
export const findEvent = async (
  log: Log,
  id: EventId,
  chain: string | undefined,
): Promise<RecordedEvent | undefined> => {
  const inChain = chain === undefined ? undefined : await seek(log, id, { correlation: chain });
  const at = madeAt(id);
  if (inChain !== undefined || at === undefined) return inChain;
  return (await seek(log, id, around(at, 2_000))) ?? (await seek(log, id, around(at, 3_600_000)));
};

/** The log's clock may be another's, or have been set back meanwhile. Milliseconds. */
const around = (at: number, most: number): Omit<Query, 'limit'> => ({
  from: instant(Math.max(0, at - most)),
  until: instant(Math.min(at + most, lastMoment)),
});

/** 9999-12-31: what is later has no four digits for its year. */
const lastMoment = 253_402_300_799_999;

const pageSize = 500;
const mostPages = 6;

const seek = async (log: Log, id: EventId, where: Omit<Query, 'limit'>): Promise<RecordedEvent | undefined> => {
  let before: Position | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const found = await log.query({ ...where, ...(before === undefined ? {} : { before }), limit: pageSize });
    const event = found.find((each) => each.id === id);
    if (event !== undefined || found.length < pageSize) return event;
    before = found.at(-1)?.position;
  }
  return undefined;
};
