import type { ContentEvent } from '../domain/archive/events.ts';
import type { Instant } from '../domain/codec.ts';
import { type DistributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../domain/debian/names.ts';
import { compareVersions } from '../domain/debian/version.ts';
import { type CheckId, type EventId, uploadOfBuild } from '../domain/ids.ts';
import type { Checks } from './checks.ts';
import type { Contents } from './contents.ts';
import { isNews, stepsOf } from './fold-contents.ts';
import { isSeen, type Publications } from './publications.ts';
import type { Recorded } from './recorded.ts';

/** The version that stands in a suite, and with which publication apt saw it there first. */
export type Stay = {
  readonly version: Version;
  /** The event that brought it. */
  readonly content: EventId;
  readonly seen: { readonly publication: EventId; readonly at: Instant } | undefined;
};

/** How long versions have lain where they stand, and what speaks against them. Folded in place: ask, do not keep. */
export type Stays = {
  readonly present: Map<DistributionName, Map<SourceName, Stay>>;
  /** What came and apt does not see yet. */
  readonly unseen: Map<RepositoryId, Arrived[]>;
  /** By `DISTRIBUTION SOURCE`: versions that were taken out, or replaced by a lower one, and when. */
  readonly tookBack: Map<string, Map<Version, Instant>>;
  /** By `REPOSITORY SOURCE VERSION`: checks that failed. */
  readonly failed: Map<string, ReadonlySet<string>>;
};

type Arrived = { readonly distribution: DistributionName; readonly source: SourceName; readonly content: EventId };

export const noStays = (): Stays => ({
  present: new Map(),
  unseen: new Map(),
  tookBack: new Map(),
  failed: new Map(),
});

type Known = {
  /** As they are after the event. */
  readonly publications: Publications;
  readonly checks: Checks;
  /** As they were before it. */
  readonly contents: Contents;
};

export const foldStays = (stays: Stays, recorded: Recorded, { publications, checks, contents }: Known): void => {
  const { event } = recorded;
  switch (event.type) {
    case 'CheckFailed':
      fail(stays, event.check, checks);
      break;
    case 'VersionReleased':
      stays.failed.delete(versionKey(event));
      break;
    case 'ChangeCompleted':
      for (const step of stepsOf(contents.planned.get(event.change))) move(stays, step, recorded);
      break;
    case 'PackageInstalled':
    case 'BinNmuInstalled':
    case 'PackageMigrated':
    case 'PackageRestored':
    case 'PackageRemoved':
      if (isNews(event)) move(stays, event, recorded);
      break;
    case 'RepositoryPublished':
      see(stays, event.repository, recorded, publications);
      break;
  }
};

const fail = ({ failed }: Stays, check: CheckId, { ofUpload }: Checks): void => {
  const requested = ofUpload.get(uploadOfBuild(check))?.get(check)?.requested;
  if (requested === undefined) return;
  const key = versionKey({ ...requested, repository: parseDistribution(requested.distribution).repository });
  failed.set(key, new Set([...(failed.get(key) ?? []), `${requested.tool} on ${requested.architecture}`]));
};

const move = (stays: Stays, event: ContentEvent, recorded: Recorded): void => {
  switch (event.type) {
    case 'PackageInstalled':
    // It lies anew: what was built again was never looked at.
    case 'BinNmuInstalled':
    case 'PackageRestored':
      arrive(stays, event, event.distribution, recorded);
      break;
    case 'PackageMigrated':
      arrive(stays, event, event.to, recorded);
      break;
    case 'PackageRemoved':
      // Out of a rollback nothing leaves the suite.
      if (parseDistribution(event.distribution).rollback === undefined)
        leave(stays, event, event.distribution, recorded);
      break;
  }
};

type About = { readonly repository: RepositoryId; readonly source: SourceName; readonly version: Version };

const arrive = (stays: Stays, about: About, distribution: DistributionName, recorded: Recorded): void => {
  const { repository, source, version } = about;
  const present = stays.present.get(distribution) ?? new Map<SourceName, Stay>();
  const before = present.get(source)?.version;
  stays.present.set(distribution, present.set(source, { version, content: recorded.id, seen: undefined }));
  const unseen = stays.unseen.get(repository) ?? [];
  stays.unseen.set(repository, unseen);
  unseen.push({ distribution, source, content: recorded.id });
  stays.tookBack.get(slotKey(distribution, source))?.delete(version);
  if (before !== undefined && compareVersions(version, before) < 0)
    takeBack(stays, { source, version: before }, distribution, recorded);
};

const leave = (stays: Stays, about: About, distribution: DistributionName, recorded: Recorded): void => {
  stays.present.get(distribution)?.delete(about.source);
  takeBack(stays, about, distribution, recorded);
};

const takeBack = (
  { tookBack }: Stays,
  { source, version }: Omit<About, 'repository'>,
  distribution: DistributionName,
  { recordedAt }: Recorded,
): void => {
  const key = slotKey(distribution, source);
  tookBack.set(key, (tookBack.get(key) ?? new Map<Version, Instant>()).set(version, recordedAt));
};

const see = (
  { present, unseen }: Stays,
  repository: RepositoryId,
  { id, recordedAt }: Recorded,
  publications: Publications,
): void => {
  const waiting: Arrived[] = [];
  for (const each of unseen.get(repository) ?? []) {
    const there = present.get(each.distribution);
    const stay = there?.get(each.source);
    if (!isSeen(publications, repository, each.content)) waiting.push(each);
    else if (stay?.content === each.content)
      there?.set(each.source, { ...stay, seen: { publication: id, at: recordedAt } });
  }
  unseen.set(repository, waiting);
};

const slotKey = (distribution: DistributionName, source: SourceName): string => `${distribution} ${source}`;
const versionKey = ({ repository, source, version }: About): string => `${repository} ${source} ${version}`;

/** What stands in a suite, and since when apt sees it. */
export const stayOf = ({ present }: Stays, distribution: DistributionName, source: SourceName): Stay | undefined =>
  present.get(distribution)?.get(source);

/** When a version was taken out of a suite, or made room for a lower one; not since it came there last. */
export const takenBackAt = (
  { tookBack }: Stays,
  distribution: DistributionName,
  { source, version }: Omit<About, 'repository'>,
): Instant | undefined => tookBack.get(slotKey(distribution, source))?.get(version);

/** `lintian on amd64`. */
export const failedChecks = ({ failed }: Stays, about: About): readonly string[] =>
  [...(failed.get(versionKey(about)) ?? [])].sort();
