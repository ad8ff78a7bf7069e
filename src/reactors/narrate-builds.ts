import { defer, ignoreElements, merge, type Observable, tap } from 'rxjs';
import { bytes } from '../domain/bytes-in-words.ts';
import type { DaemonEvent } from '../domain/event.ts';
import { BuildId, type CheckId, uploadOfBuild } from '../domain/ids.ts';
import type { Builder } from '../ports/builder.ts';
import { type BuildStory, buildOf, running } from '../projections/build-queue.ts';
import { type CheckStory, checksOf } from '../projections/checks.ts';
import type { Recorded } from '../projections/recorded.ts';
import type { World } from '../projections/world.ts';
import type { Fault } from './once-each.ts';

/** A line for the journal, and what it is about. */
type Say = (about: string, line: string) => void;

/** What is said of something that runs, at each look. */
type Running = {
  readonly key: string;
  readonly about: string;
  readonly stage: string | undefined;
  /** For how long, and how much it wrote: `still building for 12 minutes`. */
  readonly still: () => string;
};

/** Somebody who reads the journal hears of what lasts so often, at least. Milliseconds. */
const longestSilence = 300_000;

/**
 * Tells the journal of builds and checks while they run: that they begin and end, each stage of a build, and every few minutes that they are
 * still at it. `us` where only our own are meant. It owes nothing, and has no faults.
 */
export const narrateBuilds = (
  recorded$: Observable<Recorded>,
  tick$: Observable<World>,
  world: World,
  us: string | undefined,
  liveLog: Builder['liveLog'],
  now: () => number,
  say: Say,
): Observable<Fault> =>
  defer(() => {
    const told = new Map<string, { readonly stage: string | undefined; readonly at: number }>();
    const look = (): void => {
      const all = runningNow(world, us, liveLog, now);
      for (const { key, about, stage, still } of all) {
        const before = told.get(key) ?? { stage: undefined, at: now() };
        const isNews = stage !== undefined && stage !== before.stage;
        const isDue = now() - before.at >= longestSilence;
        if (isNews) say(about, `stage: ${stage}`);
        else if (isDue) say(about, still());
        told.set(key, isNews || isDue ? { stage, at: now() } : before);
      }
      const keys = new Set(all.map(({ key }) => key));
      for (const key of told.keys()) if (!keys.has(key)) told.delete(key);
    };
    const ours = new Set<BuildId | CheckId>();
    const hear = ({ event }: Recorded): void => {
      const [line, id] = [lineOf(event), subjectOf(event)];
      if (line === undefined || id === undefined) return;
      const isBeginning = event.type === 'BuildStarted' || event.type === 'CheckStarted';
      if (isBeginning && (us === undefined || event.builder === us)) ours.add(id);
      if (us === undefined || ours.has(id)) say(aboutOf(id, world), line);
      if (!isBeginning) ours.delete(id);
    };
    return merge(recorded$.pipe(tap(hear)), tick$.pipe(tap(look))).pipe(ignoreElements());
  });

const runningNow = (
  world: World,
  us: string | undefined,
  liveLog: Builder['liveLog'],
  now: () => number,
): readonly Running[] => [
  ...running(world.builds, us).map((build): Running => {
    const log = liveLog(build.id);
    const stage = log?.stage();
    return {
      key: `${build.id}#${build.attempts}`,
      about: aboutBuild(build),
      stage,
      still: () =>
        `still building for ${minutes(build.changedAt, now)}${stage === undefined ? '' : `, stage ${stage}`}${log === undefined ? '' : `, ${bytes(log.size())} of log`}`,
    };
  }),
  ...[...world.checks.open.values()]
    .filter(({ status, builder }) => status === 'running' && (us === undefined || builder === us))
    .map(
      (check): Running => ({
        key: `${check.id}#${check.attempts}`,
        about: aboutCheck(check),
        stage: undefined,
        still: () => `still running for ${minutes(check.changedAt, now)}`,
      }),
    ),
];

const minutes = (since: string, now: () => number): string =>
  `${Math.round((now() - Date.parse(since)) / 60_000)} minutes`;

const aboutBuild = ({ requested: { source, version, architecture } }: BuildStory): string =>
  `${source} ${version} ${architecture}`;

const aboutCheck = ({ requested: { tool, source, version, architecture } }: CheckStory): string =>
  `${tool} of ${source} ${version} ${architecture}`;

const subjectOf = (event: DaemonEvent): BuildId | CheckId | undefined => {
  if ('check' in event) return event.check;
  return 'build' in event && BuildId.is(event.build) ? event.build : undefined;
};

const aboutOf = (id: BuildId | CheckId, { builds, checks }: World): string => {
  const check = checksOf(checks, uploadOfBuild(id)).find((each) => each.id === id);
  if (check !== undefined) return aboutCheck(check);
  const build = buildOf(builds, id as BuildId);
  return build === undefined ? id : aboutBuild(build);
};

/** `undefined` for what is no beginning and no end. */
const lineOf = (event: DaemonEvent): string | undefined => {
  switch (event.type) {
    case 'BuildStarted':
    case 'CheckStarted':
      return `started on ${event.builder}${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`;
    case 'BuildSucceeded':
      return `built in ${Math.round(event.times.total)} s`;
    case 'BuildSkipped':
      return 'nothing to build on this architecture';
    case 'BuildFailed':
      return `failed: ${event.class} in ${event.stage}: ${event.fact}`;
    case 'BuildDepWaited':
      return `waits for ${event.waitsFor.join(', ')}`;
    case 'BuildGivenBack':
    case 'CheckGivenBack':
      return `given back: ${event.reason}`;
    case 'BuildInterrupted':
    case 'CheckInterrupted':
      return `interrupted: ${event.reason}`;
    case 'BuildWithdrawn':
      return `withdrawn from ${event.builder}: ${event.reason}`;
    case 'BuildCancelled':
    case 'CheckCancelled':
      return `cancelled: ${event.reason}`;
    case 'CheckPassed':
      return 'passed';
    case 'CheckFailed':
      return `failed: ${event.findings.length} kinds of findings`;
    case 'CheckSkipped':
      return `nothing to check: ${event.because}`;
    case 'CheckAbandoned':
      return `abandoned: ${event.reason}`;
    default:
      return undefined;
  }
};
