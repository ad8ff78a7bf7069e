import type { RecordedEvent } from '../../ports/event-log.ts';

/** An event as JSON: its envelope, and what it says. */
export const eventJson = ({
  id,
  position,
  stream,
  revision,
  recordedAt,
  actor,
  causedBy,
  correlation,
  subject,
  body,
}: RecordedEvent) => ({
  id,
  position,
  stream,
  revision,
  recordedAt,
  type: body.type,
  actor: { kind: actor.kind, name: actor.name },
  causedBy: causedBy ?? null,
  correlation,
  subject,
  body,
});
