import type { Caller } from '../../domain/account/caller.ts';
import type { BuildRequested } from '../../domain/build/events.ts';
import { checkTools } from '../../domain/check/findings.ts';
import type { Instant } from '../../domain/codec.ts';
import { parseDistribution } from '../../domain/debian/distribution.ts';
import { checkStream, type DaemonEvent, decodeEvent } from '../../domain/event.ts';
import { type BuildId, checkId, type StreamName } from '../../domain/ids.ts';
import type { EventLog, RecordedEvent } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import { buildOf } from '../../projections/build-queue.ts';
import { type Place, whyWaiting } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { attemptsOf } from './attempts.ts';
import { lastOfState, stateAfter } from './build-states.ts';
import { checkLine } from './check-line.ts';
import { happeningsOf } from './happenings.ts';

/** What one page holds: of more artifacts it says how many there are, and of attempts and events it shows the last. */
const mostShown = 25;
const mostAttempts = 6;
const mostHappenings = 12;

/** One build with all its attempts, asked of the log itself: any build ever wanted has an answer; `undefined` for one that never was. */
export const buildPage =
  (world: World, log: Pick<EventLog, 'readStream'>, place: Place) => async (build: BuildId, caller: Caller) => {
    const recorded = await log.readStream(`build-${build}` as StreamName);
    const events = recorded.map(asDecoded);
    const requested = events.find(({ event }) => event.type === 'BuildRequested')?.event as BuildRequested | undefined;
    if (requested === undefined) return undefined;
    const { source, version, distribution, architecture, archAll, upload } = requested;
    const held = buildOf(world.builds, build);
    const isHeld = held?.status === 'needs-build' || held?.status === 'dep-wait';
    const artifacts = artifactsOf(events.map(({ event }) => event));
    return {
      build,
      upload,
      source: source as string,
      version: version as string,
      distribution: distribution as string,
      repository: parseDistribution(distribution).repository as string,
      architecture: architecture as string,
      archAll,
      ...stateOf(events),
      waits: held !== undefined && isHeld ? whyWaiting(held, world, place) : undefined,
      attempts: attemptsOf(events).slice(-mostAttempts),
      checks: (await Promise.all(checkTools.map((tool) => log.readStream(checkStream(checkId(build, tool)))))).flatMap(
        (told) => checkLine(told.map((each) => asDecoded(each).event)) ?? [],
      ),
      artifacts: artifacts.slice(0, mostShown),
      moreArtifacts: Math.max(0, artifacts.length - mostShown),
      happenings: happeningsOf(recorded.slice(-mostHappenings).reverse(), viewerOf(world.accounts, caller)),
    };
  };

type Decoded = { readonly event: DaemonEvent; readonly at: Instant };

const asDecoded = ({ body, position, recordedAt }: RecordedEvent): Decoded => ({
  event: decodeEvent(body, `the event at ${position}`),
  at: recordedAt,
});

/** What the last event that decides it says. */
const stateOf = (events: readonly Decoded[]) => {
  const last = lastOfState(events);
  return { state: (last && stateAfter(last.event)) ?? ('needs-build' as const), since: last?.at };
};

/** What the attempt that counts made: packages, records, and its log. */
const artifactsOf = (events: readonly DaemonEvent[]) => {
  const last = events.findLast((event) => event.type === 'BuildSucceeded' || event.type === 'BuildAdopted');
  if (last?.type !== 'BuildSucceeded' && last?.type !== 'BuildAdopted') return [];
  const attempt = last.type === 'BuildSucceeded' ? last.attempt : 0;
  const before = events.flatMap((event) =>
    event.type === 'BinariesBuilt' && event.attempt === attempt ? event.binaries : [],
  );
  return [
    ...[...before, ...last.binaries].map(({ file }) => ({ ...file, isKept: false })),
    ...[...last.records, last.log].map((file) => ({ ...file, isKept: true })),
  ];
};
