import type { Instant } from '../../domain/codec.ts';
import type { Architecture, RepositoryId, SourceName } from '../../domain/debian/names.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import { type BuildId, buildId, type StreamName, type UploadId } from '../../domain/ids.ts';
import { packageStream, uploadStream } from '../../domain/stream.ts';
import type { UploadReceived } from '../../domain/upload/events.ts';
import type { EventLog, Position } from '../../ports/event-log.ts';
import { storyOf } from '../../projections/uploads.ts';
import type { World } from '../../projections/world.ts';
import { decoded, eventsOf } from '../events-of.ts';
import { isReleased } from './build-fate.ts';
import { furthestOf, lastOfState, stateAfter } from './build-states.ts';
import { checkResults } from './check-results.ts';

/** Uploads that one page shows. */
const mostUploads = 8;

type Logs = Pick<EventLog, 'query' | 'readStream'>;

/** What happened to the package in a repository, oldest first. */
type StoryIn = (repository: RepositoryId) => Promise<readonly DaemonEvent[]>;

/** The last uploads of a source package, newest first, with what became of them; asked of the log itself. */
export const lastUploads = async (world: World, log: Logs, source: SourceName) => {
  const received = await log.query({ package: source, type: 'UploadReceived', limit: mostUploads });
  const known = new Map<RepositoryId, ReturnType<StoryIn>>();
  const storyIn: StoryIn = (repository) => {
    const oldest = received.at(-1)?.position;
    const story = known.get(repository) ?? storySince(log, packageStream(repository, source), oldest);
    known.set(repository, story);
    return story;
  };
  return Promise.all(
    received.map(({ body, recordedAt }) => uploadOf((body as UploadReceived).upload, recordedAt, world, log, storyIn)),
  );
};

/** What became of an upload came after it. */
const storySince = async (log: Logs, stream: StreamName, oldest: Position | undefined) =>
  oldest === undefined ? [] : decoded(await log.query({ stream, after: oldest, limit: mostEvents }));

/** Far more than ever happened to one package within so few uploads. */
const mostEvents = 10_000;

const uploadOf = async (upload: UploadId, at: Instant, world: World, log: Logs, storyIn: StoryIn) => {
  const told = await eventsOf(log, uploadStream(upload));
  const received = told.find((event) => event.type === 'UploadReceived');
  const accepted = told.find((event) => event.type === 'UploadAccepted');
  const story = accepted === undefined ? [] : await storyIn(accepted.repository);
  const { state, note } = fateOf(told, story, upload, world);
  const builds = await Promise.all(
    (accepted?.builds ?? []).map((each) => buildOf(upload, each.architecture, world, log)),
  );
  return {
    upload,
    at,
    version: (accepted?.version ?? received?.facts?.version ?? '') as string,
    distribution: (accepted?.distribution ?? received?.facts?.distribution ?? '') as string,
    repository: accepted?.repository as string | undefined,
    changes: received?.changes.name as string | undefined,
    state: state ?? furthestOf(builds.map((each) => each.state)),
    note,
    canRetry:
      accepted !== undefined &&
      state === 'failed' &&
      isReleased(
        story.map((event) => ({ event })),
        accepted,
      ),
    builds,
  };
};

/** What became of it, by what was said last; `undefined` while its builds say it. Only what apt sees is called installed. */
const fateOf = (told: readonly DaemonEvent[], story: readonly DaemonEvent[], upload: UploadId, { uploads }: World) => {
  const rejected = told.find((event) => event.type === 'UploadRejected');
  if (rejected !== undefined) return { state: 'rejected' as const, note: `${rejected.rule}: ${rejected.fact}` };
  const end = story.findLast(
    (event) => (event.type === 'PackageInstalled' || event.type === 'VersionReleased') && event.upload === upload,
  );
  if (end?.type === 'VersionReleased') return { state: 'failed' as const, note: end.reason };
  if (end === undefined) return { state: undefined, note: undefined };
  const isSeen = storyOf(uploads, upload)?.status !== 'installed';
  return { state: isSeen ? ('installed' as const) : ('publishing' as const), note: undefined };
};

const buildOf = async (upload: UploadId, architecture: Architecture, world: World, log: Logs) => {
  const build: BuildId = buildId(upload, architecture);
  const events = (await eventsOf(log, `build-${build}` as StreamName)).map((event) => ({ event }));
  const last = lastOfState(events)?.event;
  return {
    build,
    architecture: architecture as string,
    state: (last && stateAfter(last)) ?? ('needs-build' as const),
    note: last?.type === 'BuildFailed' ? `${last.class} in ${last.stage}` : undefined,
    checks: checkResults(world, build),
  };
};
