import { shownTo, type Viewer } from '../../domain/account/viewer.ts';
import { decodeEvent } from '../../domain/event.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import { type Doer, type Doers, doerKey } from '../accounts/doers.ts';
import { sentenceOf } from '../why/sentence.ts';

export type Happenings = Awaited<ReturnType<typeof happeningsOf>>;

/** Events as `viewer` may read them, in the same order; those that are none of their business are left out. */
export const happeningsOf = async (events: readonly RecordedEvent[], viewer: Viewer, doers: Doers) => {
  const shown = events.flatMap((recorded) => readable(recorded, viewer) ?? []);
  const known = await doers.of(
    shown.map(({ actor }) => actor),
    viewer,
  );
  return shown.map((event) => happeningOf(event, known.get(doerKey(event.actor))));
};

const readable = (recorded: RecordedEvent, viewer: Viewer) =>
  shownTo(viewer, { ...recorded, body: decodeEvent(recorded.body, `the event at ${recorded.position}`) });

const happeningOf = (shown: NonNullable<ReturnType<typeof readable>>, doer: Doer | undefined) => {
  const { id, position, recordedAt, actor, causedBy, correlation, stream, subject, body } = shown;
  return {
    id,
    position,
    at: recordedAt,
    type: body.type,
    says: sentenceOf(body),
    actor,
    doer,
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
