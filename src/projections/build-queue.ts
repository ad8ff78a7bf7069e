import type { Outcome } from '../domain/build/build.ts';
import type { BinariesBuilt, BuildEvent, BuildRequested, BuildSucceeded, BuiltBinary } from '../domain/build/events.ts';
import type { Instant } from '../domain/codec.ts';
import type { BuildId, UploadId } from '../domain/ids.ts';
import type { Recorded } from './recorded.ts';

export type BuildStatus = 'needs-build' | 'assigned' | 'building' | 'built' | 'skipped' | 'failed' | 'cancelled';

export type BuildStory = {
  readonly id: BuildId;
  readonly requested: BuildRequested;
  readonly requestedAt: Instant;
  readonly status: BuildStatus;
  readonly changedAt: Instant;
  readonly attempts: number;
  readonly builder: string | undefined;
  /** Why this builder, or why it was given back. */
  readonly because: string | undefined;
  readonly outcome: Outcome | undefined;
  /** Everything the running or last attempt built, of all portions. */
  readonly binaries: readonly BuiltBinary[];
};

/** Builds of uploads under way, and the last that ended. Folded in place: ask, do not keep. */
export type BuildQueue = {
  /** In order of request: the queue. */
  readonly open: Map<BuildId, BuildStory>;
  /** Those of them that a builder has: few, however long the queue is. */
  readonly claimed: Map<BuildId, BuildStory>;
  /** Ended ones whose upload is still under way. */
  readonly ofUpload: Map<UploadId, Map<BuildId, BuildStory>>;
  /** Ended, newest first, at most `mostEnded`. */
  readonly ended: BuildStory[];
};

const mostEnded = 200;

export const noBuilds = (): BuildQueue => ({
  open: new Map(),
  claimed: new Map(),
  ofUpload: new Map(),
  ended: [],
});

export const foldBuilds = (queue: BuildQueue, recorded: Recorded): void => {
  const { event } = recorded;
  switch (event.type) {
    case 'BuildRequested':
      request(queue, event, recorded);
      break;
    case 'BuildAssigned':
      change(queue, event, recorded, { status: 'assigned', builder: event.builder, because: event.because });
      break;
    case 'BuildStarted':
      change(queue, event, recorded, {
        status: 'building',
        builder: event.builder,
        attempts: event.attempt,
        binaries: [],
      });
      break;
    case 'BinariesBuilt':
      change(queue, event, recorded, { binaries: withPortion(queue, event) });
      break;
    case 'BuildGivenBack':
      change(queue, event, recorded, { status: 'needs-build', builder: undefined, because: event.reason });
      break;
    case 'BuildSucceeded':
      end(queue, event, recorded, { status: 'built', outcome: event, binaries: withPortion(queue, event) });
      break;
    case 'BuildSkipped':
      end(queue, event, recorded, { status: 'skipped', outcome: event });
      break;
    case 'BuildFailed':
      end(queue, event, recorded, { status: 'failed', outcome: event });
      break;
    case 'BuildCancelled':
      end(queue, event, recorded, { status: 'cancelled', because: event.reason });
      break;
    case 'PackageInstalled':
    case 'VersionReleased':
      queue.ofUpload.delete(event.upload);
      break;
  }
};

const request = (queue: BuildQueue, requested: BuildRequested, { recordedAt }: Recorded): void => {
  const story: BuildStory = {
    id: requested.build,
    requested,
    requestedAt: recordedAt,
    status: 'needs-build',
    changedAt: recordedAt,
    attempts: 0,
    builder: undefined,
    because: undefined,
    outcome: undefined,
    binaries: [],
  };
  queue.open.set(story.id, story);
  remember(queue, story);
};

const withPortion = (
  queue: BuildQueue,
  { build, binaries }: BinariesBuilt | BuildSucceeded,
): readonly BuiltBinary[] => [...(queue.open.get(build)?.binaries ?? []), ...binaries];

const remember = (queue: BuildQueue, story: BuildStory): void => {
  const { upload } = story.requested;
  const siblings = queue.ofUpload.get(upload) ?? new Map<BuildId, BuildStory>();
  queue.ofUpload.set(upload, siblings.set(story.id, story));
};

const change = (
  queue: BuildQueue,
  { build }: BuildEvent,
  { recordedAt }: Recorded,
  news: Partial<BuildStory>,
): void => {
  const story = queue.open.get(build);
  if (story === undefined) return;
  const changed = { ...story, ...news, changedAt: recordedAt };
  queue.open.set(build, changed);
  if (changed.status === 'needs-build') queue.claimed.delete(build);
  else queue.claimed.set(build, changed);
  remember(queue, changed);
};

const end = (queue: BuildQueue, event: BuildEvent, recorded: Recorded, news: Partial<BuildStory>): void => {
  change(queue, event, recorded, news);
  const story = queue.open.get(event.build);
  if (story === undefined) return;
  queue.open.delete(event.build);
  queue.claimed.delete(event.build);
  queue.ended.unshift(story);
  if (queue.ended.length > mostEnded) queue.ended.pop();
};

export const buildsOf = (queue: BuildQueue, upload: UploadId): readonly BuildStory[] => [
  ...(queue.ofUpload.get(upload)?.values() ?? []),
];

/** The same, also after the upload ended, as far as they are remembered. */
export const rememberedBuilds = (queue: BuildQueue, upload: UploadId): readonly BuildStory[] => {
  const open = buildsOf(queue, upload);
  return open.length > 0 ? open : queue.ended.filter(({ requested }) => requested.upload === upload);
};

export const waiting = ({ open }: BuildQueue): readonly BuildStory[] => [...open.values()].filter(isWaiting);

/** The first `most` of those that wait for which `fits` says so; the rest of the queue is not looked at. */
export const firstWaiting = (
  { open }: BuildQueue,
  most: number,
  fits: (build: BuildStory) => boolean,
): readonly BuildStory[] =>
  most <= 0
    ? []
    : open
        .values()
        .filter((build) => isWaiting(build) && fits(build))
        .take(most)
        .toArray();

const isWaiting = ({ status }: BuildStory): boolean => status === 'needs-build';

/** Claimed by `builder` (by anybody without it) and not ended: what it must be running, or have lost. */
export const running = (queue: BuildQueue, builder: string | undefined): readonly BuildStory[] =>
  claimedBy(queue, builder, 'building');

export const assignedTo = (queue: BuildQueue, builder: string): readonly BuildStory[] =>
  claimedBy(queue, builder, 'assigned');

const claimedBy = ({ claimed }: BuildQueue, builder: string | undefined, status: BuildStatus): readonly BuildStory[] =>
  [...claimed.values()].filter(
    (story) => story.status === status && (builder === undefined || story.builder === builder),
  );

export const buildOf = (queue: BuildQueue, id: BuildId): BuildStory | undefined =>
  queue.open.get(id) ?? queue.ended.find((story) => story.id === id);
