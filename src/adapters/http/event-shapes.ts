import * as t from 'io-ts';
import { Count, Instant } from '../../domain/codec.ts';
import { EventBody } from '../../domain/event.ts';
import { Actor, EventId, StreamName } from '../../domain/ids.ts';

/** An event as `eventJson` says it. */
const Event = t.strict(
  {
    id: EventId,
    position: t.string,
    stream: StreamName,
    revision: Count,
    recordedAt: Instant,
    type: t.string,
    actor: Actor,
    causedBy: t.union([EventId, t.null]),
    correlation: t.string,
    subject: t.exact(t.partial({ package: t.string, distribution: t.string })),
    body: EventBody,
  },
  'Event',
);

/** An answer of the feed of events. */
export const Events = t.strict({ events: t.readonlyArray(Event), next: t.union([t.string, t.null]) }, 'Events');
