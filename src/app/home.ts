import { refusalShownTo, stranger } from '../domain/account/viewer.ts';
import { signersOf } from '../domain/archive-key/archive-keys.ts';
import type { LastBackup } from '../domain/backup/last.ts';
import { suitesOf } from '../domain/configuration/configuration.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { DiskRoom } from '../domain/disk-room.ts';
import type { Expiry } from '../domain/expiry/expiry.ts';
import type { BuildId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Confinement, LiveLog } from '../ports/builder.ts';
import type { CertificateState } from '../ports/certificate.ts';
import type { LogState } from '../ports/event-log.ts';
import { type BinNmuStory, builtAs, isThere, isUnderWay } from '../projections/binnmus.ts';
import { type BuildStatus, type BuildStory, firstWaiting, rememberedBuilds } from '../projections/build-queue.ts';
import { countHeld } from '../projections/contents.ts';
import type { UploadStatus } from '../projections/every-upload.ts';
import type { SilentNodes } from '../projections/node-leases.ts';
import { addedRemotes } from '../projections/remotes.ts';
import type { UploadStory } from '../projections/uploads.ts';
import { type Place, whyWaiting } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { standingOf } from './administration/standing.ts';
import { standingOfRemote } from './administration/standing-of-others.ts';
import { buildersNow, type Said } from './builders-now.ts';
import { unpublished } from './concerns.ts';
import { needsAttention } from './needs-attention.ts';
import { furthestOf } from './pages/build-states.ts';
import { checkResults } from './pages/check-results.ts';
import type { Sealing } from './pages/sealing.ts';
import { firstOffers } from './porting/offers.ts';
import type { Standing } from './standby/seat.ts';
import type { ClockLeap } from './steady-clock.ts';
import { toBeginWith } from './to-begin-with.ts';
import type { UsualDuration } from './usual-durations.ts';
import { type Works, worksAt } from './works.ts';

/** What the home page is made from beside the world. */
export type Surroundings = {
  readonly log: () => LogState;
  readonly confinement: Confinement;
  readonly certificate: () => CertificateState | undefined;
  readonly place: Place;
  readonly peers: Said;
  readonly liveLog: (build: BuildId) => Pick<LiveLog, 'stage' | 'end'> | undefined;
  readonly usual: UsualDuration;
  /** What is under way besides builds. */
  readonly works: Works['now'];
  readonly sealing: Sealing;
  readonly expiries: () => readonly Expiry[];
  readonly silentNodes: () => SilentNodes;
  readonly clockLeap: () => ClockLeap | undefined;
  readonly standby?: (() => Standing) | undefined;
  readonly lastBackup?: (() => LastBackup | undefined) | undefined;
  readonly homeRoom?: (() => DiskRoom | undefined) | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

const mostRecent = 20;
/** Builds of the queue that are named; the others are counted. */
const mostWaiting = 15;
/** Ports that were overtaken, likewise. */
const mostOffered = 8;

/** The state of everything in the words of the home page. */
export const homeOf = (world: World, surroundings: Surroundings) => () => ({
  engine: engineLine(world, surroundings.log()),
  notices: [...toBeginWith(world), ...unpublished(world)],
  sealing: surroundings.sealing(),
  attention: needsAttention(world, surroundings),
  offered: firstOffers(world, mostOffered),
  waiting: queue(world).map((build) => ({
    ...buildLine(build, world),
    state: build.status === 'dep-wait' ? ('dep-wait' as const) : ('needs-build' as const),
    since: build.requestedAt,
    because: whyWaiting(build, world, surroundings.place),
  })),
  waitingInAll: world.builds.open.size - world.builds.claimed.size,
  running: [...world.builds.claimed.values()].map((build) => ({
    ...buildLine(build, world),
    builder: build.builder ?? '',
    attempt: build.attempts,
    startedAt: build.startedAt ?? build.changedAt,
    ...progressOf(build, surroundings),
  })),
  works: worksAt(surroundings.works(), surroundings.now()),
  binNmus: [...world.binNmus.open.values()].reverse().map(binNmuLine),
  recent: [...[...world.uploads.open.values()].reverse(), ...world.uploads.ended]
    .slice(0, mostRecent)
    .map((upload) => recentPackage(upload, world)),
  repositories: [...world.configuration.repositories.values()].map((repository) => ({
    id: repository.repository,
    layout: repository.layout,
    externalHomeUrl: repository.externalHomeUrl,
    distributions: suitesOf(world.configuration, repository).map(({ name, distribution, suite }) => ({
      name: name as DistributionName,
      codename: distribution.codename as string,
      suite: suite.suite as string,
      packages: countHeld(world.contents, name),
    })),
    publishedAt: world.publications.get(repository.repository)?.publishedAt,
    standing: standingOf('repositories', repository.repository, world),
  })),
  builders: buildersNow(world, surroundings.place, surroundings.peers),
  remotes: addedRemotes(world.remotes).map((story) => ({
    name: story.remote as string,
    standing: standingOfRemote(
      story,
      surroundings.peers.heard(story.remote)?.statement,
      signersOf(world.configuration),
    ),
  })),
  chroots: [...world.templates.values()].flatMap(({ chroot, prepared, failed }) =>
    chroot === undefined
      ? []
      : [
          {
            codename: chroot.codename,
            architecture: chroot.architecture,
            state: prepared !== undefined ? ('ready' as const) : failed ? ('failed' as const) : ('preparing' as const),
            note: failed === undefined ? undefined : `${failed.stage}: ${failed.fact}`,
          },
        ],
  ),
});

const engineLine = ({ engine }: World, log: LogState) => {
  if (log.status === 'unreachable') return { state: 'waiting' as const, note: log.reason };
  if (log.status === 'fenced') return { state: 'fenced' as const, note: log.reason };
  return { state: engine === 'started' ? ('running' as const) : ('stopped' as const), note: undefined };
};

/** What is built next comes first, what waits for dependencies last. */
const queue = ({ builds }: World): readonly BuildStory[] => {
  const next = firstWaiting(builds, mostWaiting);
  return [...next, ...builds.depWait.values().take(mostWaiting - next.length)];
};

/** Lines of the log that are shown of a build that runs, and how much of one. */
const tailLines = 3;
const tailWidth = 160;

const progressOf = (build: BuildStory, { liveLog, usual, now }: Surroundings) => {
  const log = liveLog(build.id);
  return {
    stage: log?.stage(),
    elapsed: Math.max(0, (now() - Date.parse(build.startedAt ?? build.changedAt)) / 1000),
    usual: usual(build),
    tail: (log?.end().trimEnd().slice(-4000).split('\n') ?? [])
      .filter((line) => line.trim() !== '')
      .slice(-tailLines)
      .map((line) => line.slice(0, tailWidth)),
  };
};

const binNmuLine = ({ planned, rebuilds }: BinNmuStory) => {
  const all = [...rebuilds.values()];
  return {
    binNmu: planned.binNmu as string,
    distribution: planned.distribution as string,
    reason: planned.reason,
    there: all.filter(isThere).length,
    missing: all.filter((each) => !isThere(each) && !isUnderWay(each)).length,
    builds: all.length,
  };
};

const buildLine = ({ id, requested }: BuildStory, { binNmus }: World) => ({
  build: id,
  source: requested.source as string,
  version: builtAs(binNmus, requested) as string,
  distribution: requested.distribution as string,
  architecture: requested.architecture as string,
});

/** What apt cannot see yet is not called installed. */
const states = {
  received: undefined,
  accepted: undefined,
  rejected: 'rejected',
  failed: 'failed',
  installed: 'publishing',
  published: 'installed',
} as const satisfies Record<UploadStatus, string | undefined>;

/** The same for all who look. */
const noteOf = (refused: Refusal): string => {
  const { rule, fact } = refusalShownTo(stranger, refused);
  return `${rule}: ${fact}`;
};

const recentPackage = (upload: UploadStory, world: World) => {
  const builds = rememberedBuilds(world.builds, upload.id);
  return {
    upload: upload.id,
    changes: upload.received.changes.name as string,
    source: upload.received.facts?.source,
    version: upload.received.facts?.version ?? '',
    distribution: upload.accepted?.distribution ?? upload.received.facts?.distribution ?? '',
    repository: upload.accepted?.repository,
    at: upload.changedAt,
    state: states[upload.status] ?? furthestOf(builds.map(({ status }) => wordFor[status])),
    note: upload.refusal && noteOf(upload.refusal),
    results: builds.map((build) => ({
      architecture: build.requested.architecture as string,
      build: build.id,
      state: wordFor[build.status],
      note: build.outcome?.type === 'BuildFailed' ? build.outcome.class : build.because,
      checks: checkResults(world, build.id),
    })),
  };
};

const wordFor = {
  'needs-build': 'needs-build',
  assigned: 'building',
  building: 'building',
  'dep-wait': 'dep-wait',
  built: 'built',
  skipped: 'skipped',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<BuildStatus, string>;
