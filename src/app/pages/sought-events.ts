import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { Viewer } from '../../domain/account/viewer.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { EventLog, Query, RecordedEvent } from '../../ports/event-log.ts';
import { queryEach } from '../../ports/query-each.ts';
import type { Doers } from '../accounts/doers.ts';

/** Events of the log that were asked for; by whom they were done is said as the log has it, or by login. */
export const soughtEvents = async (
  log: Pick<EventLog, 'query'>,
  doers: Doers,
  { actor, ...asked }: Query,
  viewer: Viewer,
): Promise<Either<Refusal, readonly RecordedEvent[]>> => {
  if (actor === undefined) return right(await log.query(asked));
  const names = await doers.names(actor, viewer);
  if (names === undefined) return left(notTheirs);
  return right(await queryEach(log, asked, names));
};

const notTheirs = refusal(
  'needs-privilege',
  'what somebody did is for themselves and for staff to see',
  'log in, or ask without an actor',
);
