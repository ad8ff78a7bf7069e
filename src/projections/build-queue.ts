import type { Outcome } from '../domain/build/build.ts';
import type {
  BinariesBuilt,
  BuildAdopted,
  BuildDepWaited,
  BuildDispatched,
  BuildEvent,
  BuildPrioritised,
  BuildRequested,
  BuildresultReceived,
  BuildSucceeded,
  BuildWithdrawn,
  BuiltBinary,
  Found,
} from '../domain/build/events.ts';
import type { Instant } from '../domain/codec.ts';
import { parseDistribution } from '../domain/debian/distribution.ts';
import type { BuildId, EventId, UploadId } from '../domain/ids.ts';
import type { Position } from '../ports/event-log.ts';
import { type BinNmus, rebuildOf } from './binnmus.ts';
import { type BuildDurations, type Expected, expectedDuration, learnDuration, noDurations } from './build-durations.ts';
import type { Recorded } from './recorded.ts';
import { inOrder, inTurn, rearrange, type WaitingBuilds } from './waiting-builds.ts';

export type BuildStatus =
  | 'needs-build'
  | 'assigned'
  | 'building'
  | 'dep-wait'
  | 'built'
  | 'skipped'
  | 'failed'
  | 'cancelled';

export type BuildStory = {
  readonly id: BuildId;
  readonly requested: BuildRequested;
  readonly requestedAt: Instant;
  /** Where the log says so. */
  readonly requestedIn: Position;
  /** Of a version that stands, without a change. */
  readonly isBinNmu: boolean;
  readonly status: BuildStatus;
  readonly changedAt: Instant;
  /** The event that changed it last. */
  readonly changedBy: EventId;
  readonly attempts: number;
  /** When the attempt that runs, or that ended it, began. */
  readonly startedAt: Instant | undefined;
  readonly builder: string | undefined;
  /** What was sent to another instance for the running attempt, and what it answered. */
  readonly dispatched: BuildDispatched | undefined;
  readonly answer: BuildresultReceived | undefined;
  /** Builders that lost or declined it, and when last. */
  readonly lostBy: ReadonlyMap<string, { readonly at: Instant }>;
  /** Higher goes first, and among equals who was requested first. */
  readonly priority: number;
  /** How long it may take, as far as that is known. */
  readonly expected: Expected | undefined;
  /** How long those take, one after the other, that wait for what it builds, in seconds: see `followers.ts`. */
  readonly followers: number;
  /** Why this builder, or why it was given back. */
  readonly because: string | undefined;
  readonly outcome: Exclude<Outcome, BuildDepWaited> | BuildAdopted | undefined;
  /** What it waits for, or waited for last. */
  readonly depWait: BuildDepWaited | undefined;
  /** What it was last resumed for. */
  readonly found: readonly Found[];
  /** Everything the running or last attempt built, of all portions. */
  readonly binaries: readonly BuiltBinary[];
};

/** Builds of uploads under way, and the last that ended. Folded in place: ask, do not keep. */
export type BuildQueue = {
  /** In order of request. */
  readonly open: Map<BuildId, BuildStory>;
  /** Those of them that wait for a builder. */
  readonly waiting: WaitingBuilds<BuildStory>;
  /** Those of them that wait for dependencies. */
  readonly depWait: Map<BuildId, BuildStory>;
  /** Those of them that a builder has: few, however long the queue is. The same by builder. */
  readonly claimed: Map<BuildId, BuildStory>;
  readonly claimedBy: Map<string, Map<BuildId, BuildStory>>;
  /** Also ended ones, as long as something of their upload is still to come. */
  readonly ofUpload: Map<UploadId, Map<BuildId, BuildStory>>;
  /** Open ones by repository and source. */
  readonly ofSource: Map<string, Set<BuildId>>;
  /** Ended, newest first, at most `mostEnded`. */
  readonly ended: BuildStory[];
  readonly durations: BuildDurations;
};

const mostEnded = 200;

export const noBuilds = (): BuildQueue => ({
  open: new Map(),
  waiting: new Map(),
  depWait: new Map(),
  claimed: new Map(),
  claimedBy: new Map(),
  ofUpload: new Map(),
  ofSource: new Map(),
  ended: [],
  durations: noDurations(),
});

export const foldBuilds = (queue: BuildQueue, recorded: Recorded, binNmus: BinNmus): void => {
  const { event } = recorded;
  switch (event.type) {
    case 'BuildRequested':
      request(queue, event, recorded, rebuildOf(binNmus, event.upload) !== undefined);
      break;
    case 'BuildAssigned':
      change(queue, event, recorded, { status: 'assigned', builder: event.builder, because: event.because });
      break;
    case 'BuildStarted':
      change(queue, event, recorded, {
        status: 'building',
        builder: event.builder,
        attempts: event.attempt,
        startedAt: recorded.recordedAt,
        binaries: [],
        dispatched: undefined,
        answer: undefined,
      });
      break;
    case 'BuildDispatched':
      change(queue, event, recorded, { dispatched: event });
      break;
    case 'BuildresultReceived':
      change(queue, event, recorded, { answer: event });
      break;
    case 'BuildWithdrawn':
      withdraw(queue, event, recorded);
      break;
    case 'BinariesBuilt':
      change(queue, event, recorded, { binaries: withPortion(queue, event) });
      break;
    case 'BuildDepWaited':
      change(queue, event, recorded, {
        status: 'dep-wait',
        ...unclaimed,
        depWait: event,
        because: `dep-wait on ${event.waitsFor.join(', ')}`,
      });
      break;
    case 'BuildResumed':
      change(queue, event, recorded, { status: 'needs-build', because: event.because, found: event.found });
      break;
    case 'BuildPrioritised':
      prioritise(queue, event);
      break;
    case 'BuildInterrupted':
    case 'BuildGivenBack':
      change(queue, event, recorded, { status: 'needs-build', ...unclaimed, because: event.reason });
      break;
    case 'BuildSucceeded':
      learn(queue, event);
      end(queue, event, recorded, { status: 'built', outcome: event, binaries: withPortion(queue, event) });
      break;
    case 'BuildAdopted':
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
  }
};

/** No attempt at it is under way. */
const unclaimed = { builder: undefined, startedAt: undefined } as const;

const request = (
  queue: BuildQueue,
  requested: BuildRequested,
  { id, position, recordedAt }: Recorded,
  isBinNmu: boolean,
): void => {
  const story: BuildStory = {
    id: requested.build,
    requested,
    requestedAt: recordedAt,
    requestedIn: position,
    isBinNmu,
    status: 'needs-build',
    changedAt: recordedAt,
    changedBy: id,
    attempts: 0,
    ...unclaimed,
    dispatched: undefined,
    answer: undefined,
    lostBy: new Map(),
    priority: 0,
    expected: expectedDuration(queue.durations, requested.source, requested.architecture),
    followers: 0,
    because: undefined,
    outcome: undefined,
    depWait: undefined,
    found: [],
    binaries: [],
  };
  queue.open.set(story.id, story);
  rearrange(queue.waiting, undefined, story);
  remember(queue, story);
  const key = sourceKey(requested);
  queue.ofSource.set(key, (queue.ofSource.get(key) ?? new Set()).add(story.id));
};

/** Repository and source. */
export const sourceKey = ({ distribution, source }: Pick<BuildRequested, 'distribution' | 'source'>): string =>
  `${parseDistribution(distribution).repository} ${source}`;

/** Of a source that was never built before this says how long it may take on the other architectures of its upload. */
const learn = (queue: BuildQueue, { build, times }: BuildSucceeded): void => {
  const story = queue.open.get(build);
  if (story === undefined) return;
  const { source, architecture, upload } = story.requested;
  learnDuration(queue.durations, source, architecture, times.total);
  for (const sibling of buildsOf(queue, upload)) {
    if (!isHeld(sibling)) continue;
    const expected = expectedDuration(queue.durations, source, sibling.requested.architecture);
    if (expected?.atMost !== sibling.expected?.atMost) put(queue, sibling, { ...sibling, expected });
  }
};

const withdraw = (queue: BuildQueue, event: BuildWithdrawn, recorded: Recorded): void => {
  const lostBy = new Map(queue.open.get(event.build)?.lostBy).set(event.builder, { at: recorded.recordedAt });
  const because = `${event.builder}: ${event.reason}`;
  change(queue, event, recorded, { status: 'needs-build', ...unclaimed, because, lostBy });
};

const withPortion = (
  queue: BuildQueue,
  { build, binaries }: BinariesBuilt | BuildSucceeded | BuildAdopted,
): readonly BuiltBinary[] => [...(queue.open.get(build)?.binaries ?? []), ...binaries];

const remember = (queue: BuildQueue, story: BuildStory): void => {
  const { upload } = story.requested;
  const siblings = queue.ofUpload.get(upload) ?? new Map<BuildId, BuildStory>();
  queue.ofUpload.set(upload, siblings.set(story.id, story));
};

const change = (
  queue: BuildQueue,
  { build }: BuildEvent,
  { id, recordedAt }: Recorded,
  news: Partial<BuildStory>,
): void => {
  const story = queue.open.get(build);
  if (story === undefined) return;
  put(queue, story, { ...story, ...news, changedAt: recordedAt, changedBy: id });
};

/** In the place of what it was before. */
const put = (queue: BuildQueue, before: BuildStory, story: BuildStory): void => {
  queue.open.set(story.id, story);
  rearrange(queue.waiting, isWaiting(before) ? before : undefined, isWaiting(story) ? story : undefined);
  claim(queue, before, story);
  if (story.status === 'dep-wait') queue.depWait.set(story.id, story);
  else queue.depWait.delete(story.id);
  remember(queue, story);
};

const claim = ({ claimed, claimedBy }: BuildQueue, before: BuildStory, story: BuildStory): void => {
  const { id, builder } = story;
  if (before.builder !== undefined && before.builder !== builder) claimedBy.get(before.builder)?.delete(id);
  if (story.status === 'assigned' || story.status === 'building') {
    claimed.set(id, story);
    const others = claimedBy.get(builder ?? '') ?? new Map<BuildId, BuildStory>();
    claimedBy.set(builder ?? '', others.set(id, story));
  } else {
    claimed.delete(id);
    claimedBy.get(builder ?? '')?.delete(id);
  }
};

const prioritise = (queue: BuildQueue, { build, priority }: BuildPrioritised): void => {
  const story = queue.open.get(build);
  if (story !== undefined) put(queue, story, { ...story, priority });
};

/** Notes how long those take that wait for what it builds. */
export const noteFollowers = (queue: BuildQueue, story: BuildStory, followers: number): void =>
  put(queue, story, { ...story, followers });

const end = (queue: BuildQueue, event: BuildEvent, recorded: Recorded, news: Partial<BuildStory>): void => {
  change(queue, event, recorded, news);
  const story = queue.open.get(event.build);
  if (story === undefined) return;
  queue.open.delete(event.build);
  const key = sourceKey(story.requested);
  const others = queue.ofSource.get(key);
  others?.delete(event.build);
  if (others?.size === 0) queue.ofSource.delete(key);
  queue.ended.unshift(story);
  if (queue.ended.length > mostEnded) queue.ended.pop();
};

/** Nothing of the upload is still to come. */
export const forgetUpload = (queue: BuildQueue, upload: UploadId): void => {
  queue.ofUpload.delete(upload);
};

export const buildsOf = (queue: BuildQueue, upload: UploadId): readonly BuildStory[] => [
  ...(queue.ofUpload.get(upload)?.values() ?? []),
];

/** The same, also after the upload ended, as far as they are remembered; by architecture then. */
export const rememberedBuilds = (queue: BuildQueue, upload: UploadId): readonly BuildStory[] => {
  const open = buildsOf(queue, upload);
  if (open.length > 0) return open;
  const ended = queue.ended.filter(({ requested }) => requested.upload === upload);
  return ended.sort((one, other) => (one.id < other.id ? -1 : 1));
};

/** The queue: what waits for a builder, in the order in which it is taken. */
export const waiting = (queue: BuildQueue): readonly BuildStory[] =>
  [...queue.waiting.values()].flatMap((lane) => lane.inTurn).sort(inTurn);

/** The first `most` of them; the rest of the queue is not looked at. */
export const firstWaiting = (queue: BuildQueue, most: number): readonly BuildStory[] =>
  inOrder(queue.waiting.values())
    .take(most)
    .map(({ build }) => build)
    .toArray();

const isWaiting = ({ status }: BuildStory): boolean => status === 'needs-build';
const isHeld = (story: BuildStory): boolean => isWaiting(story) || story.status === 'dep-wait';

/** Claimed by `builder` (by anybody without it) and not ended: what it must be running, or have lost. */
export const running = (queue: BuildQueue, builder: string | undefined): readonly BuildStory[] =>
  claims(queue, builder).filter(({ status }) => status === 'building');

export const assignedTo = (queue: BuildQueue, builder: string): readonly BuildStory[] =>
  claims(queue, builder).filter(({ status }) => status === 'assigned');

/** Both of them. */
export const claims = ({ claimed, claimedBy }: BuildQueue, builder: string | undefined): readonly BuildStory[] => [
  ...((builder === undefined ? claimed : claimedBy.get(builder))?.values() ?? []),
];

/** Those that another instance has, and has not answered. */
export const awaitedRequests = ({ claimed }: BuildQueue): readonly BuildDispatched[] =>
  [...claimed.values()].flatMap(({ dispatched, answer, status }) =>
    status === 'building' && dispatched !== undefined && answer === undefined ? [dispatched] : [],
  );

export const buildOf = (queue: BuildQueue, id: BuildId): BuildStory | undefined =>
  queue.open.get(id) ?? queue.ended.find((story) => story.id === id);
