import type { EventData, JSONType, RecordedEvent as StoredEvent } from '@eventstore/db-client';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decode, Instant, instant } from '../../domain/codec.ts';
import { Actor, EventId, StreamName } from '../../domain/ids.ts';
import type { Body, NewEvent, RecordedEvent } from '../../ports/event-log.ts';
import { NotOurs } from './faults.ts';
import { position } from './position.ts';

/**
 * What stands in the metadata of every event of ours. The `$` names are the store's own words, by which its
 * pages and projections find what belongs together. `notBefore` is the latest time the writer had seen recorded:
 * the store's clock may go back when another node takes over, the log's time does not. Of an event that was copied from another log, `recordedAt`
 * is when that one recorded it.
 */
const Envelope = t.strict(
  {
    $correlationId: t.string,
    $causationId: t.union([EventId, t.undefined]),
    actor: Actor,
    subject: t.exact(t.partial({ package: t.string, distribution: t.string })),
    notBefore: t.union([Instant, t.undefined]),
    recordedAt: t.union([Instant, t.undefined]),
  },
  'Envelope',
);

const Recorded = t.type({ id: EventId, streamId: StreamName, data: t.type({ type: t.string }), metadata: Envelope });

/** The event as the store takes it: the body as it is, everything around it in the metadata. */
export const toStore = (
  event: NewEvent,
  { notBefore, recordedAt }: { readonly notBefore?: Instant | undefined; readonly recordedAt?: Instant | undefined },
): EventData => ({
  id: event.id,
  contentType: 'application/json',
  type: event.body.type,
  data: event.body as unknown as JSONType,
  metadata: {
    $correlationId: event.correlation,
    $causationId: event.causedBy,
    actor: event.actor,
    subject: event.subject,
    notBefore,
    recordedAt,
  },
});

/** The event as the port promises it. Throws `NotOurs` for what another program wrote. */
export const fromStore = (stored: StoredEvent): RecordedEvent => {
  const decoded = decode(Recorded, stored);
  if (isLeft(decoded)) throw new NotOurs(stored.streamId, stored.revision, decoded.left.join('; '));
  const { id, streamId, data, metadata } = decoded.right;
  return {
    id,
    stream: streamId,
    revision: Number(stored.revision),
    position: positionOf(stored),
    recordedAt: metadata.recordedAt ?? later(instant(stored.created.getTime()), metadata.notBefore),
    body: data as Body,
    actor: metadata.actor,
    causedBy: metadata.$causationId,
    correlation: metadata.$correlationId,
    subject: metadata.subject,
  };
};

/** Servers before 22.6 read streams from an index that knows no positions, and say the largest number instead. */
const positionOf = ({ streamId, position: known }: StoredEvent): RecordedEvent['position'] => {
  if (known === undefined || known.commit === 0xffff_ffff_ffff_ffffn)
    throw new Error(
      `The event store does not tell the position of events in stream ${streamId}; upgrade it to 22.6 or later`,
    );
  return position(known.commit);
};

const later = (one: Instant, other: Instant | undefined): Instant => (other !== undefined && other > one ? other : one);
