import type { Instant } from '../domain/codec.ts';
import type { Architecture, RepositoryId, StoredFile } from '../domain/debian/names.ts';
import { architectureOfBuild, type BuildId } from '../domain/ids.ts';
import type { FilesLetGo } from '../domain/retention/events.ts';
import type { BuildQueue } from './build-queue.ts';
import { type Contents, withAllBuilt } from './contents.ts';
import type { Recorded } from './recorded.ts';
import { lossOf, type Retention } from './retention.ts';
import { bytesOfOwn } from './shared-files.ts';
import { countTime, type Times } from './times.ts';

/** What happened day by day, added up as it is told: pictures need no other look at the log. Folded in place: ask, do not keep. */
export type Statistics = {
  /** The last that anything happened on, oldest first, at most `mostDays`. */
  readonly days: Day[];
  /** Bytes of files that each repository keeps, of whatever was ever installed and not let go. */
  readonly kept: Map<RepositoryId, number>;
};

/** A day in UTC, as `2026-11-22`. */
export type Day = {
  readonly day: string;
  readonly uploads: { accepted: number; rejected: number; installed: number };
  /** Attempts that ended, by architecture. */
  readonly builds: Map<Architecture, Tally>;
  /** Builds that waited for a builder, or had one: most at once, and at the day's last event. */
  readonly waiting: Level;
  readonly running: Level;
  /** As `kept` was at the day's last event that changed it; `undefined` where nothing did. */
  kept: Map<RepositoryId, number> | undefined;
};

export type Level = { most: number; last: number };

/** `times` is of those that succeeded. */
export type Tally = { succeeded: number; failed: number; readonly times: Times };

const mostDays = 800;

export const noStatistics = (): Statistics => ({ days: [], kept: new Map() });

/** `world` after the event, but for what is lost. */
export const foldStatistics = (
  statistics: Statistics,
  recorded: Recorded,
  world: { readonly builds: BuildQueue; readonly contents: Contents; readonly retention: Retention },
): void => {
  const { event, recordedAt } = recorded;
  switch (event.type) {
    case 'UploadAccepted':
      dayOf(statistics, recordedAt).uploads.accepted += 1;
      break;
    case 'UploadRejected':
      dayOf(statistics, recordedAt).uploads.rejected += 1;
      break;
    case 'BuildSucceeded':
      succeed(tallyOf(statistics, recordedAt, event.build), event.times.total);
      measure(statistics, recordedAt, world.builds);
      break;
    case 'BuildFailed':
      tallyOf(statistics, recordedAt, event.build).failed += 1;
      measure(statistics, recordedAt, world.builds);
      break;
    case 'BuildRequested':
    case 'BuildAssigned':
    case 'BuildStarted':
    case 'BuildSkipped':
    case 'BuildAdopted':
    case 'BuildDepWaited':
    case 'BuildResumed':
    case 'BuildGivenBack':
    case 'BuildInterrupted':
    case 'BuildWithdrawn':
    case 'BuildCancelled':
      measure(statistics, recordedAt, world.builds);
      break;
    case 'BinariesInstalled':
    case 'ArchitectureAdded':
    case 'BinNmuInstalled':
      keep(statistics, recordedAt, event.repository, bytesOf(event.binaries.map(({ file }) => file)));
      break;
    case 'PackageInstalled':
      dayOf(statistics, recordedAt).uploads.installed += 1;
      keep(
        statistics,
        recordedAt,
        event.repository,
        bytesOf(event.binaries.map(({ file }) => file)) + bytesOfOwn(world, event),
      );
      break;
    case 'FilesLetGo':
      letGo(statistics, recordedAt, event, world);
      break;
  }
};

/** Times never go back along the log: the day is the last one, or a new one. What was under way stays so over night. */
const dayOf = ({ days }: Statistics, at: Instant): Day => {
  const day = at.slice(0, 10);
  const last = days.at(-1);
  if (last?.day === day) return last;
  const began = newDay(day, last);
  days.push(began);
  if (days.length > mostDays) days.shift();
  return began;
};

const newDay = (day: string, before: Day | undefined): Day => ({
  day,
  uploads: { accepted: 0, rejected: 0, installed: 0 },
  builds: new Map(),
  waiting: leftBy(before?.waiting),
  running: leftBy(before?.running),
  kept: undefined,
});

const leftBy = (level: Level | undefined): Level => ({ most: level?.last ?? 0, last: level?.last ?? 0 });

/** `UPLOAD-ARCHITECTURE`, and an upload's id has 26 characters. */
const tallyOf = (statistics: Statistics, at: Instant, build: BuildId): Tally => {
  const { builds } = dayOf(statistics, at);
  const architecture = architectureOfBuild(build);
  const tally = builds.get(architecture) ?? { succeeded: 0, failed: 0, times: [] };
  builds.set(architecture, tally);
  return tally;
};

const succeed = (tally: Tally, seconds: number): void => {
  tally.succeeded += 1;
  countTime(tally.times, seconds);
};

const measure = (statistics: Statistics, at: Instant, { open, claimed, depWait }: BuildQueue): void => {
  const { waiting, running } = dayOf(statistics, at);
  note(waiting, open.size - claimed.size - depWait.size);
  note(running, claimed.size);
};

const note = (level: Level, now: number): void => {
  level.last = now;
  level.most = Math.max(level.most, now);
};

const keep = (statistics: Statistics, at: Instant, repository: RepositoryId, bytes: number): void => {
  const { kept } = statistics;
  kept.set(repository, Math.max(0, (kept.get(repository) ?? 0) + bytes));
  const today = dayOf(statistics, at);
  today.kept ??= new Map(kept);
  today.kept.set(repository, kept.get(repository) ?? 0);
};

/** Files that another kept version has too stay. What was let go once has nothing more to give. */
const letGo = (
  statistics: Statistics,
  at: Instant,
  { repository, source, version }: FilesLetGo,
  world: { readonly contents: Contents; readonly retention: Retention },
): void => {
  const held = world.contents.packages.get(`${repository} ${source}`)?.versions.get(version);
  if (held === undefined || lossOf(world.retention, repository, source, version) !== undefined) return;
  const { binaries } = withAllBuilt(world.contents, repository, held);
  const own = bytesOf(binaries.map(({ file }) => file)) + bytesOfOwn(world, { repository, ...held });
  keep(statistics, at, repository, -own);
};

const bytesOf = (files: readonly StoredFile[]): number => files.reduce((sum, { size }) => sum + size, 0);
