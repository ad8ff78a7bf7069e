import { BuildStage, type BuildTimes, type StageTime } from '../../domain/build/events.ts';
import { type Instant, instant } from '../../domain/codec.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import type { Recorded } from '../../projections/recorded.ts';
import type { Fate } from './build-fate.ts';

/** One thing that took time on the way of a build. */
export type StageLine = {
  /** `unrecorded`: time that nobody can say more about. */
  readonly stage: 'waiting' | 'assigned' | 'attempt' | 'dep-wait' | BuildStage | 'unrecorded' | 'install' | 'publish';
  /** Which attempt, of the stages of one. */
  readonly attempt: number | undefined;
  /** `undefined` where it is only known how long it took, or not even that. */
  readonly from: Instant | undefined;
  /** Until now, of what goes on. */
  readonly seconds: number | undefined;
  readonly state: 'over' | 'failed' | 'goes on' | 'to come' | 'passed over';
  readonly note: string | undefined;
};

type Told = {
  /** Of the build's own stream. */
  readonly events: readonly Recorded[];
  /** Of the attempt that runs here, if one does. */
  readonly live: readonly StageTime[] | undefined;
  /** When everything ended that had to before it could be installed. */
  readonly readyAt: Instant | undefined;
  readonly fate: Fate;
  /** Architectures of the same upload that are still to come: it is installed as a whole. */
  readonly awaits: readonly string[];
  readonly now: Instant;
};

/** From the request to what apt sees, in the order of time; of attempts the last one in its stages. */
export const stagesOf = ({ events, live, readyAt, fate, awaits, now }: Told): readonly StageLine[] => {
  const spans = spansOf(events).slice(-mostSpans);
  const last = spans.findLast(({ stage }) => stage === 'attempt');
  return [
    ...spans.flatMap((span) => (span === last ? stagesOfAttempt(span, live, now) : [lineOf(span, now)])),
    ...(isUnbegun(spans.at(-1)) ? sbuildStages.map(toCome) : []),
    ...(readyAt === undefined || fate.isRefused ? [] : ending(readyAt, fate, awaits, now)),
  ];
};

/** What is long ago stands among what happened. */
const mostSpans = 6;

/** What a build was in from one event to the next. */
type Span = Pick<StageLine, 'stage' | 'note' | 'attempt'> & {
  readonly from: Instant;
  readonly until: Instant | undefined;
  /** Of an attempt that told. */
  readonly times: BuildTimes | undefined;
  /** Where an attempt failed, as its builder calls it. */
  readonly failedIn: string | undefined;
};

/** What happens while a build is in something, and ends nothing: on its way to another instance and back, too. */
const inBetween: ReadonlySet<DaemonEvent['type']> = new Set([
  'BinariesBuilt',
  'BuildPrioritised',
  'BuildDispatched',
  'BuildresultReceived',
]);

const spansOf = (events: readonly Recorded[]): readonly Span[] => {
  const spans: Span[] = [];
  for (const { event, recordedAt } of events) {
    if (inBetween.has(event.type)) continue;
    const open = spans.at(-1);
    if (open !== undefined && open.until === undefined)
      spans[spans.length - 1] = {
        ...open,
        until: recordedAt,
        ...('times' in event ? { times: event.times } : {}),
        ...(event.type === 'BuildFailed' ? { failedIn: event.stage } : {}),
      };
    const begun = begunBy(event);
    if (begun !== undefined)
      spans.push({ ...begun, from: recordedAt, until: undefined, times: undefined, failedIn: undefined });
  }
  return spans;
};

const begunBy = (event: DaemonEvent): Pick<Span, 'stage' | 'note' | 'attempt'> | undefined => {
  const attempt = undefined;
  switch (event.type) {
    case 'BuildRequested':
      return { stage: 'waiting', note: undefined, attempt };
    case 'BuildAssigned':
      return { stage: 'assigned', note: `to ${event.builder}: ${event.because}`, attempt };
    case 'BuildStarted':
      return { stage: 'attempt', note: undefined, attempt: event.attempt };
    case 'BuildDepWaited':
      return { stage: 'dep-wait', note: `for ${event.waitsFor.join(', ')}`, attempt };
    case 'BuildResumed':
      return { stage: 'waiting', note: `again: ${event.because}`, attempt };
    case 'BuildGivenBack':
    case 'BuildInterrupted':
      return { stage: 'waiting', note: `again: ${event.reason}`, attempt };
    case 'BuildWithdrawn':
      return { stage: 'waiting', note: `again: ${event.builder}: ${event.reason}`, attempt };
    default:
      return undefined;
  }
};

const lineOf = ({ stage, note, attempt, from, until, failedIn }: Span, now: Instant): StageLine => ({
  stage,
  note,
  attempt,
  from,
  seconds: between(from, until ?? now),
  state: until === undefined ? 'goes on' : failedIn === undefined ? 'over' : 'failed',
});

const isUnbegun = (span: Span | undefined): boolean =>
  span !== undefined && span.stage !== 'attempt' && span.until === undefined;

/** What sbuild goes through where nothing is amiss. */
const sbuildStages: readonly BuildStage[] = [
  'prepare',
  'chroot',
  'fetch-src',
  'install-deps',
  'build',
  'post-build',
  'cleanup',
  'keep',
];

const toCome = (stage: StageLine['stage']): StageLine => ({
  stage,
  attempt: undefined,
  from: undefined,
  seconds: undefined,
  state: 'to come',
  note: undefined,
});

const stagesOfAttempt = (span: Span, live: readonly StageTime[] | undefined, now: Instant): readonly StageLine[] => {
  if (span.until !== undefined) return stagesOver(span, now);
  if (live === undefined || live.length === 0) return [lineOf(span, now)];
  const known = placed(live, span, now).map((line, index, all): StageLine => {
    return index === all.length - 1 ? { ...line, state: 'goes on' } : line;
  });
  const reached = order.indexOf(live.at(-1)?.stage ?? 'prepare');
  // Each keeps its place while it runs, so that nothing moves below who looks at it.
  const all = order.flatMap((stage, index): readonly StageLine[] => {
    const line = known.find((each) => each.stage === stage);
    if (line !== undefined) return [line];
    if (!sbuildStages.includes(stage)) return [];
    return [index < reached ? { ...toCome(stage), state: 'passed over' } : toCome(stage)];
  });
  return [...known.filter(({ stage }) => stage === 'unrecorded'), ...all];
};

const order = Object.keys(BuildStage.keys) as readonly BuildStage[];

/** As its builder saw it; else what sbuild's summary says of two stages, and that nobody knows of the rest. */
const stagesOver = (span: Span, now: Instant): readonly StageLine[] => {
  const whole = lineOf(span, now);
  const { stages = [], install = 0, build = 0 } = span.times ?? {};
  if (stages.length > 0) return placed(stages, span, now);
  if (install + build === 0) return [{ ...whole, note: 'its stages were not recorded' }];
  const known = [
    { stage: 'install-deps', seconds: install },
    { stage: 'build', seconds: build },
  ] as const;
  return [
    ...known.map(
      ({ stage, seconds }): StageLine => ({ ...whole, stage, from: undefined, seconds, state: ended(stage, span) }),
    ),
    {
      ...whole,
      stage: 'unrecorded',
      state: known.some(({ stage }) => ended(stage, span) === 'failed') ? 'over' : whole.state,
      from: undefined,
      seconds: Math.max(0, between(span.from, span.until ?? now) - install - build),
      note: 'all else of this attempt, of which no stage was recorded',
    },
  ];
};

const ended = (stage: BuildStage, { failedIn }: Span): 'over' | 'failed' => (stage === failedIn ? 'failed' : 'over');

/**
 * One after the other, and as long in all as the attempt took by the log. A builder counts by a clock of its own, which stands still while its
 * machine sleeps and knows nothing of the way to it: what that leaves over stands first, for nobody knows where it belongs.
 */
const placed = (stages: readonly StageTime[], span: Span, now: Instant): readonly StageLine[] => {
  const { from, until = now, attempt } = span;
  const told = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  const left = between(from, until) - told;
  const isLeft = left >= leastLeft;
  let at = Date.parse(from) + (isLeft ? left * 1000 : 0);
  const lines = stages.map(({ stage, seconds }): StageLine => {
    const begun = instant(at);
    at += seconds * 1000;
    return { stage, attempt, from: begun, seconds, state: ended(stage, span), note: undefined };
  });
  return isLeft
    ? [{ stage: 'unrecorded', attempt, from, seconds: left, state: 'over', note: unseen }, ...lines]
    : lines;
};

/** Two clocks part by this much in a long build, though nothing happened. Seconds. */
const leastLeft = 5;

const unseen = 'its builder saw nothing of it: it was on the way there or back, or its machine slept';

const ending = (
  readyAt: Instant,
  { installedAt, published }: Fate,
  awaits: readonly string[],
  now: Instant,
): readonly StageLine[] => {
  const install = spanning('install', readyAt, installedAt, now);
  if (installedAt === undefined) {
    const note = awaits.length === 0 ? undefined : `with its upload, which waits for ${awaits.join(', ')}`;
    return [{ ...install, note }, toCome('publish')];
  }
  return published === 'unknown'
    ? [install, { ...toCome('publish'), from: installedAt, state: 'over', note: 'when is not known any more' }]
    : [install, spanning('publish', installedAt, published === 'open' ? undefined : published, now)];
};

const spanning = (stage: StageLine['stage'], from: Instant, until: Instant | undefined, now: Instant): StageLine =>
  lineOf({ stage, from, until, note: undefined, attempt: undefined, times: undefined, failedIn: undefined }, now);

const between = (from: Instant, until: Instant): number => Math.max(0, (Date.parse(until) - Date.parse(from)) / 1000);
