import type { Caller } from '../../domain/account/caller.ts';
import type { BuildRequested } from '../../domain/build/events.ts';
import { instant } from '../../domain/codec.ts';
import { parseDistribution } from '../../domain/debian/distribution.ts';
import type { StoredFile } from '../../domain/debian/names.ts';
import type { BuildId, StreamName } from '../../domain/ids.ts';
import type { LiveLog } from '../../ports/builder.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import { builtAs, rebuildOf } from '../../projections/binnmus.ts';
import { buildOf } from '../../projections/build-queue.ts';
import type { Recorded } from '../../projections/recorded.ts';
import { type Place, whyWaiting } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import type { Doers } from '../accounts/doers.ts';
import { builtBy } from '../builds/built-before.ts';
import { recordedOf } from '../events-of.ts';
import { attemptsOf } from './attempts.ts';
import { buildChecks } from './build-checks.ts';
import { type Fate, fateOf, noFate } from './build-fate.ts';
import { stagesOf } from './build-stages.ts';
import { lastOfState, stateAfter } from './build-states.ts';
import { happeningsOf } from './happenings.ts';

/** What one page holds: of more artifacts it says how many there are, and of attempts and events it shows the last. */
const mostShown = 15;
const mostAttempts = 5;
const mostHappenings = 8;

/** What the page is made from beside the world. */
type Surroundings = {
  readonly log: Pick<EventLog, 'query' | 'readStream'>;
  readonly doers: Doers;
  readonly place: Place;
  /** Of a build that runs, as far as it is known here. */
  readonly liveLog: (build: BuildId) => Partial<Pick<LiveLog, 'stages'>> | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** One build with all its attempts, asked of the log itself: any build ever wanted has an answer; `undefined` for one that never was. */
export const buildPage =
  (world: World, { log, doers, place, liveLog, now }: Surroundings) =>
  async (build: BuildId, caller: Caller) => {
    const recorded = await recordedOf(log, `build-${build}` as StreamName);
    const events = recorded.map(({ event }) => event);
    const requested = events.find((event): event is BuildRequested => event.type === 'BuildRequested');
    if (requested === undefined) return undefined;
    const { source, version, distribution, architecture, archAll, upload } = requested;
    const rebuild = rebuildOf(world.binNmus, upload);
    const held = buildOf(world.builds, build);
    const isHeld = held?.status === 'needs-build' || held?.status === 'dep-wait';
    const built = builtBy(events);
    const at = stateOf(recorded);
    const fate = isOver(at.state)
      ? await fateOf(world, log, requested, new Set(built?.binaries.map(({ file }) => file.sha256)))
      : noFate;
    const checks = await buildChecks(log, requested, fate.before);
    const artifacts = built === undefined ? [] : artifactsOf(built, fate);
    return {
      build,
      upload,
      source: source as string,
      version: version as string,
      rebuild: rebuild && {
        as: builtAs(world.binNmus, requested) as string,
        binNmu: rebuild.of.binNmu,
        reason: rebuild.of.reason,
      },
      distribution: distribution as string,
      repository: parseDistribution(distribution).repository as string,
      architecture: architecture as string,
      archAll,
      ...at,
      priority: held?.priority ?? 0,
      waits: held !== undefined && isHeld ? whyWaiting(held, world, place) : undefined,
      canRetry: rebuild === undefined && (fate.isReleased || at.state === 'dep-wait'),
      stages: stagesOf({
        events: recorded,
        live: liveLog(build)?.stages?.(),
        readyAt: at.state === 'built' ? readyAt(at.since, checks) : undefined,
        fate,
        now: instant(now()),
        ...others(world, requested),
      }),
      attempts: attemptsOf(recorded).slice(-mostAttempts),
      checks,
      isInstalled: fate.installedAt !== undefined,
      artifacts: artifacts.slice(0, mostShown),
      moreArtifacts: Math.max(0, artifacts.length - mostShown),
      happenings: await happeningsOf(
        recorded
          .slice(-mostHappenings)
          .reverse()
          .map(({ event, ...envelope }) => ({ ...envelope, body: event })),
        viewerOf(world.accounts, caller),
        doers,
      ),
    };
  };

/** What the last event that decides it says. */
const stateOf = (events: readonly Recorded[]) => {
  const last = lastOfState(events);
  return { state: (last && stateAfter(last.event)) ?? ('needs-build' as const), since: last?.recordedAt };
};

/** Nothing is to be known of its package before: who follows a build asks often. */
const isOver = (state: ReturnType<typeof stateOf>['state']): boolean =>
  state !== 'needs-build' && state !== 'building' && state !== 'dep-wait';

/** When nothing of this build was awaited any more; nothing while a check of it is. */
const readyAt = (builtAt: Recorded['recordedAt'] | undefined, checks: Awaited<ReturnType<typeof buildChecks>>) =>
  builtAt === undefined || checks.some(({ endedAt }) => endedAt === undefined)
    ? undefined
    : [builtAt, ...checks.flatMap(({ endedAt }) => endedAt ?? [])].toSorted().at(-1);

/** Architectures of the same upload that are still to come. */
const others = ({ progress }: World, { upload, architecture }: BuildRequested) => ({
  awaits: [...(progress.uploads.get(upload)?.unended ?? [])].filter((each) => each !== architecture),
});

/** Packages are fetched where apt finds them, records and logs below `/log/`. */
const artifactsOf = (
  { binaries, records, log }: NonNullable<ReturnType<typeof builtBy>>,
  { pathOf }: Fate,
): readonly (StoredFile & { readonly isKept: boolean; readonly path: string | undefined })[] => [
  ...binaries.map(({ file }) => ({ ...file, isKept: false, path: pathOf(file.sha256) })),
  ...[...records, log].map((file) => ({ ...file, isKept: true, path: undefined })),
];
