import type { BuildId, UploadId } from '../../src/domain/ids.ts';
import type { RecordedEvent } from '../../src/ports/event-log.ts';
import { type Bound, lowerBound } from './bound.ts';
import { uploadOf } from './packages.ts';
import type { Scenario, Work } from './scenario.ts';
import type { Simulation } from './simulation.ts';
import type { Decision } from './stopwatch.ts';

/** What people of one kind had to wait: from upload to its last build, by what that would take alone. */
export type Experience = {
  readonly uploader: string;
  readonly uploads: number;
  readonly median: number;
  readonly worst: number;
};

export type Report = {
  readonly builds: number;
  readonly makespan: number;
  readonly bound: Bound;
  /** Makespan by bound. */
  readonly ratio: number;
  readonly experiences: readonly Experience[];
  /** Jain's index of the uploaders' medians: 1 when all are slowed down alike, one by their number when one bears it all. */
  readonly jain: number;
  /** Longest time that a build waited for a builder, in seconds. */
  readonly longestWait: number;
  readonly eventsPerBuild: number;
  readonly attempts: number;
  readonly depWaits: number;
  readonly withdrawn: number;
  readonly lateAnswers: number;
  /** To decide about one build, who is to have it. */
  readonly decision: Times;
  /**
   * The same without the first, whose code is compiled while it runs (`first`), and without those during which memory was tidied up (`heldUp`): the longest, and
   * those of over a millisecond by their place among all.
   */
  readonly undisturbed: {
    readonly worst: number;
    readonly slow: readonly Slow[];
    readonly first: number;
    readonly heldUp: number;
  };
  /** One look of one duty, after one event. */
  readonly looks: ReadonlyMap<string, Times>;
};

type Slow = { readonly place: number; readonly ms: number };

/** Milliseconds. */
type Times = { readonly median: number; readonly p99: number; readonly worst: number };

export const report = async (scenario: Scenario, simulation: Simulation): Promise<Report> => {
  const events = await eventsSince(simulation);
  const bound = lowerBound(scenario);
  const makespan = (simulation.ended - simulation.began) / 1000;
  const count = (type: string): number => events.filter(({ body }) => body.type === type).length;
  const builds = count('BuildRequested');
  const experiences = experiencesOf(scenario, events);
  return {
    builds,
    makespan,
    bound,
    ratio: makespan / bound.seconds,
    experiences,
    jain: jain(experiences.map(({ median }) => median)),
    longestWait: longestWait(events),
    eventsPerBuild: events.length / builds,
    attempts: count('BuildStarted'),
    depWaits: count('BuildDepWaited'),
    withdrawn: count('BuildWithdrawn'),
    lateAnswers: simulation.lateAnswers,
    decision: timesOf(simulation.decisions.map(({ ms }) => ms)),
    undisturbed: undisturbed(simulation.decisions),
    looks: new Map([...simulation.looks].map(([duty, times]) => [duty, timesOf(times)])),
  };
};

const timesOf = (times: readonly number[]): Times => ({
  median: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  worst: quantile(times, 1),
});

const slowMs = 1;

const undisturbed = (decisions: readonly Decision[]): Report['undisturbed'] => {
  const [first, ...all] = decisions.map(({ ms, isHeldUp }, n) => ({ place: n + 1, ms, isHeldUp }));
  const free = all.filter(({ isHeldUp }) => !isHeldUp);
  return {
    worst: quantile(
      free.map(({ ms }) => ms),
      1,
    ),
    slow: free.filter(({ ms }) => ms > slowMs),
    first: first?.ms ?? Number.NaN,
    heldUp: all.length - free.length,
  };
};

/** What happened from the first upload on. */
const eventsSince = async ({ log, began }: Simulation): Promise<readonly RecordedEvent[]> => {
  const all = await log.readAll(undefined, Number.MAX_SAFE_INTEGER);
  const first = all.findIndex(({ body }) => isNewUpload(body));
  return all.slice(first).filter(({ recordedAt }) => Date.parse(recordedAt) >= began);
};

const firstNew = uploadOf(0, 'new');
const isNewUpload = (body: object): boolean =>
  'type' in body && body.type === 'UploadReceived' && 'upload' in body && String(body.upload) >= firstNew;

const ends = new Set(['BuildSucceeded', 'BuildFailed', 'BuildSkipped', 'BuildCancelled']);

const buildOf = ({ body }: RecordedEvent): BuildId | undefined =>
  'build' in body ? (body.build as BuildId) : undefined;

/** An upload alone would take its longest build, begun at once. */
const experiencesOf = ({ works }: Scenario, events: readonly RecordedEvent[]): readonly Experience[] => {
  const received = new Map<UploadId, number>();
  const ended = new Map<UploadId, number>();
  for (const event of events) {
    const at = Date.parse(event.recordedAt);
    if (event.body.type === 'UploadReceived' && 'upload' in event.body) received.set(event.body.upload as UploadId, at);
    const build = buildOf(event);
    if (build !== undefined && ends.has(event.body.type)) ended.set(build.slice(0, 26) as UploadId, at);
  }
  const inOrder = works.toSorted((one, other) => one.uploadedAt - other.uploadedAt);
  const slowdowns = inOrder.map((work: Work, n) => {
    const upload = uploadOf(n, 'new');
    const took = ((ended.get(upload) ?? 0) - (received.get(upload) ?? 0)) / 1000;
    return { uploader: work.uploader, slowdown: took / Math.max(...work.seconds.values()) };
  });
  return [...Map.groupBy(slowdowns, ({ uploader }) => uploader)].map(([uploader, all]) => ({
    uploader,
    uploads: all.length,
    median: quantile(
      all.map(({ slowdown }) => slowdown),
      0.5,
    ),
    worst: quantile(
      all.map(({ slowdown }) => slowdown),
      0.99,
    ),
  }));
};

const jain = (values: readonly number[]): number => {
  const sum = values.reduce((all, each) => all + each, 0);
  return sum ** 2 / (values.length * values.reduce((all, each) => all + each ** 2, 0));
};

const waits = new Set(['BuildRequested', 'BuildResumed', 'BuildWithdrawn', 'BuildGivenBack', 'BuildInterrupted']);

const longestWait = (events: readonly RecordedEvent[]): number => {
  const since = new Map<BuildId, number>();
  let longest = 0;
  for (const event of events) {
    const build = buildOf(event);
    if (build === undefined) continue;
    const at = Date.parse(event.recordedAt);
    if (waits.has(event.body.type)) since.set(build, at);
    if (event.body.type === 'BuildStarted') longest = Math.max(longest, at - (since.get(build) ?? at));
  }
  return longest / 1000;
};

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
