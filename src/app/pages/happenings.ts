import { shownTo, type Viewer } from '../../domain/account/viewer.ts';
import { decodeEvent } from '../../domain/event.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import { sentenceOf } from '../why/sentence.ts';

/** Events as `viewer` may read them, in the same order; those that are none of their business are left out. */
export const happeningsOf = (events: readonly RecordedEvent[], viewer: Viewer) =>
  events.flatMap((recorded) => happeningOf(recorded, viewer) ?? []);

const happeningOf = (recorded: RecordedEvent, viewer: Viewer) => {
  const shown = shownTo(viewer, { ...recorded, body: decodeEvent(recorded.body, `the event at ${recorded.position}`) });
  if (shown === undefined) return undefined;
  const { id, position, recordedAt, actor, causedBy, correlation, stream, subject, body } = shown;
  return {
    id,
    position,
    at: recordedAt,
    type: body.type,
    says: sentenceOf(body),
    actor,
    causedBy,
    correlation,
    stream,
    package: subject.package,
    distribution: subject.distribution,
    version: 'version' in body && typeof body.version === 'string' ? body.version : undefined,
    repository: 'repository' in body && typeof body.repository === 'string' ? body.repository : undefined,
    build: 'build' in body && typeof body.build === 'string' ? body.build : undefined,
  };
};
