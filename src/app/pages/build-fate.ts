import type { PackageInstalled } from '../../domain/archive/events.ts';
import { poolFiles } from '../../domain/archive/pool-path.ts';
import type { BuildRequested } from '../../domain/build/events.ts';
import type { Instant } from '../../domain/codec.ts';
import { parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId, Sha256 } from '../../domain/debian/names.ts';
import { compactMoment } from '../../domain/moment.ts';
import { packageStream } from '../../domain/stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { standing, versionOf, withAllBuilt } from '../../projections/contents.ts';
import { publicationsBeyond } from '../../projections/publication-history.ts';
import { isSeen } from '../../projections/publications.ts';
import type { Recorded } from '../../projections/recorded.ts';
import { lossOf } from '../../projections/retention.ts';
import type { World } from '../../projections/world.ts';
import { recordedOf } from '../events-of.ts';
import { findEvent } from '../find-event.ts';

/** What became of what a build made. */
export type Fate = {
  /** When history said that a distribution holds it. */
  readonly installedAt: Instant | undefined;
  /** When apt saw it: `open` as long as it does not, `unknown` where it does and nothing tells since when. */
  readonly published: Instant | 'open' | 'unknown';
  /** Where apt finds a package of it, or found it once: a path from the root of the server. */
  readonly pathOf: (sha256: Sha256) => string | undefined;
  /** It will never be installed. */
  readonly isRefused: boolean;
  /** Whether its version is nobody's since its upload came to nothing. */
  readonly isReleased: boolean;
  /** What the distribution had got before. */
  readonly before: PackageInstalled | undefined;
};

/** Of a build that is still to come. */
export const noFate: Fate = {
  installedAt: undefined,
  published: 'open',
  pathOf: () => undefined,
  isRefused: false,
  isReleased: false,
  before: undefined,
};

type Log = Pick<EventLog, 'query' | 'readStream'>;

/** `made`: the packages of it. */
export const fateOf = async (
  world: World,
  log: Log,
  requested: BuildRequested,
  made: ReadonlySet<Sha256>,
): Promise<Fate> => {
  const { repository } = parseDistribution(requested.distribution);
  const story = await recordedOf(log, packageStream(repository, requested.source));
  const installed = installation(story, requested, made);
  const published = installed === undefined ? 'open' : await publishedAt(world, log, repository, installed);
  return {
    installedAt: installed?.recordedAt,
    published,
    pathOf: pathsOf(world, repository, requested, published),
    isRefused: story.some(({ event }) => isRefusal(event, requested)),
    isReleased: isReleased(story, requested),
    before: lastBefore(story, requested),
  };
};

/** What says that packages are in a distribution, or are about to be. */
const arriving: ReadonlySet<string> = new Set([
  'BinariesInstalled',
  'PackageInstalled',
  'ArchitectureAdded',
  'BinNmuInstalled',
]);

/** With its upload, or after it. Of many packages some are said in portions before. */
const installation = (
  story: readonly Recorded[],
  { upload }: BuildRequested,
  made: ReadonlySet<Sha256>,
): Recorded | undefined => {
  const first = story.findIndex(
    ({ event }) =>
      arriving.has(event.type) &&
      'upload' in event &&
      'binaries' in event &&
      event.upload === upload &&
      event.binaries.some(({ file }) => made.has(file.sha256)),
  );
  return story
    .slice(first === -1 ? story.length : first)
    .find(({ event: { type } }) => type !== 'BinariesInstalled' && arriving.has(type));
};

const publishedAt = async (
  world: World,
  log: Log,
  repository: RepositoryId,
  { id, position }: Recorded,
): Promise<Fate['published']> => {
  if (!isSeen(world.publications, repository, id)) return 'open';
  // One that was under way when it was installed does not show it; the next one does.
  const [first, second] = publicationsBeyond(world.published, repository, position, 2);
  if (first === undefined || first.upTo === id) return first?.at ?? 'unknown';
  const upTo = first.upTo === null ? undefined : await findEvent(log, first.upTo, undefined);
  if (upTo === undefined) return 'unknown';
  return upTo.position >= position ? first.at : (second?.at ?? 'unknown');
};

/** What stands nowhere any more is still to be had as it was then, as long as its files are kept. */
export const pathsOf = (
  world: World,
  repository: RepositoryId,
  { source, version }: Pick<BuildRequested, 'source' | 'version'>,
  published: Fate['published'],
): Fate['pathOf'] => {
  const held = versionOf(world.contents, repository, source, version);
  const isGone = lossOf(world.retention, repository, source, version) !== undefined;
  if (held === undefined || published === 'open' || isGone) return () => undefined;
  const isThere = [...standing(world.contents, repository, source)].some((each) => each.version === version);
  const top = isThere ? `/repositories/${repository}` : past(repository, published);
  const paths = new Map(
    poolFiles(withAllBuilt(world.contents, repository, held)).map(({ file, path }) => [file.sha256, path]),
  );
  return (sha256) => {
    const path = paths.get(sha256);
    return path === undefined || top === undefined ? undefined : `${top}/${path}`;
  };
};

const past = (repository: RepositoryId, at: Instant | 'unknown'): string | undefined =>
  at === 'unknown' ? undefined : `/snapshots/${repository}/${compactMoment(at)}`;

const isRefusal = (event: Recorded['event'], { upload, architecture }: BuildRequested): boolean =>
  (event.type === 'VersionReleased' && event.upload === upload) ||
  ((event.type === 'ArchitectureRefused' || event.type === 'BinNmuRefused') &&
    event.upload === upload &&
    event.architecture === architecture);

/** Whether the upload was the last that claimed its version, and gave it up. */
export const isReleased = (
  story: readonly Pick<Recorded, 'event'>[],
  { version, upload }: Pick<BuildRequested, 'version' | 'upload'>,
): boolean => {
  const last = story.findLast(
    ({ event }) =>
      (event.type === 'VersionReserved' || event.type === 'VersionReleased' || event.type === 'PackageInstalled') &&
      event.version === version,
  )?.event;
  return last?.type === 'VersionReleased' && last.upload === upload;
};

const lastBefore = (
  story: readonly Recorded[],
  { upload, distribution }: BuildRequested,
): PackageInstalled | undefined => {
  const claimed = story.findIndex(({ event }) => event.type === 'VersionReserved' && event.upload === upload);
  const last = story
    .slice(0, Math.max(0, claimed))
    .findLast(({ event }) => event.type === 'PackageInstalled' && event.distribution === distribution)?.event;
  return last?.type === 'PackageInstalled' ? last : undefined;
};
