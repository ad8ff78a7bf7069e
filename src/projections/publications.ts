import type { PublishFailed, RepositoryPublished } from '../domain/archive/events.ts';
import type { Instant } from '../domain/codec.ts';
import { DistributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId, Sha256, SourceName } from '../domain/debian/names.ts';
import type { EventId } from '../domain/ids.ts';
import { isNews } from './fold-contents.ts';
import type { Recorded } from './recorded.ts';
import { isOfWrongClock, type RecordedClock } from './recorded-clock.ts';

/** What apt sees of a repository, and what it should see. */
export type Publication = {
  /** The last event that changed what the repository holds. */
  readonly content: EventId | null;
  /** Every event that changed what it holds and that apt does not see yet, in log order: which source it is about, or several of them. */
  readonly unseen: Map<EventId, SourceName | 'several'>;
  /** The last event that changed how it is described. */
  readonly configured: EventId | null;
  readonly published: RepositoryPublished | undefined;
  readonly publishedAt: Instant | undefined;
  /** Digest of every `Release` that apt sees. */
  readonly releases: ReadonlyMap<DistributionName, Sha256>;
  readonly failure: (PublishFailed & { readonly at: Instant }) | undefined;
  /** Machines may have seen indices of this date that nothing here knows of. */
  readonly notBefore: Instant | undefined;
};

/** Folded in place: ask, do not keep. */
export type Publications = Map<RepositoryId, Publication>;

const nothing: Omit<Publication, 'unseen'> = {
  content: null,
  configured: null,
  published: undefined,
  publishedAt: undefined,
  releases: new Map(),
  failure: undefined,
  notBefore: undefined,
};

export const noPublications = (): Publications => new Map();

export const foldPublications = (publications: Publications, { id, event, recordedAt }: Recorded): void => {
  switch (event.type) {
    case 'RepositoryConfigured':
      change(publications, event.repository, { configured: id });
      break;
    case 'RepositoryRemoved':
      // Configured again it is published anew, with what history says it holds.
      publications.set(event.repository, {
        ...nothing,
        unseen: new Map(),
        content: publications.get(event.repository)?.content ?? null,
        notBefore: publications.get(event.repository)?.notBefore,
      });
      break;
    case 'LayoutConfigured':
    case 'LayoutRemoved':
    case 'DistributionConfigured':
    case 'DistributionRemoved':
    case 'InstanceConfigured':
    case 'ArchiveKeyGenerated':
    case 'ArchiveKeyRetired':
    case 'ArchiveRelocated':
      changeAll(publications, id);
      break;
    case 'ArchiveKeyExpirySet':
      // A subkey that is new to machines signs what they get from now on; one that has ended could sign nothing.
      if (event.expiresAt !== null && event.expiresAt <= recordedAt) break;
      changeAll(publications, id);
      break;
    case 'InstanceRestored': {
      for (const repository of publications.keys()) {
        const seen = event.seen.filter(({ distribution }) => isOf(repository, distribution));
        const notBefore = [event.taken, ...seen.map(({ date }) => date)].toSorted().at(-1);
        change(publications, repository, { configured: id, notBefore });
      }
      break;
    }
    case 'PackageInstalled':
    case 'ArchitectureAdded':
    case 'BinNmuInstalled':
    case 'PackageMigrated':
    case 'PackageRemoved':
    case 'PackageRestored':
      if (isNews(event)) changeContent(publications, event.repository, id, event.source);
      break;
    case 'ChangeCompleted':
      changeContent(publications, event.repository, id, 'several');
      break;
    case 'RepositoryPublished':
      publish(publications, event, recordedAt);
      break;
    case 'PublishFailed':
      change(publications, event.repository, { failure: { ...event, at: recordedAt } });
      break;
  }
};

/** All are described anew. */
const changeAll = (publications: Publications, configured: EventId): void => {
  for (const repository of publications.keys()) change(publications, repository, { configured });
};

const isOf = (repository: RepositoryId, distribution: string): boolean =>
  DistributionName.is(distribution) && parseDistribution(distribution).repository === repository;

const changeContent = (
  publications: Publications,
  repository: RepositoryId,
  content: EventId,
  about: SourceName | 'several',
): void => {
  change(publications, repository, { content });
  publications.get(repository)?.unseen.set(content, about);
};

const publish = (publications: Publications, published: RepositoryPublished, publishedAt: Instant): void => {
  const before = publications.get(published.repository);
  const releases = new Map(before?.releases);
  for (const { distribution, release } of published.releases) releases.set(distribution, release);
  if (before !== undefined) show(before.unseen, published.upTo);
  change(publications, published.repository, { published, publishedAt, releases, failure: undefined });
};

/** A publication holds everything up to the event that it names. */
const show = (unseen: Publication['unseen'], upTo: EventId | null): void => {
  if (upTo === null || !unseen.has(upTo)) return;
  for (const each of unseen.keys()) {
    unseen.delete(each);
    if (each === upTo) return;
  }
};

/** Whether apt sees what `content` changed in `repository`. */
export const isSeen = (publications: Publications, repository: RepositoryId, content: EventId): boolean =>
  publications.get(repository)?.unseen.has(content) === false;

const change = (publications: Publications, repository: RepositoryId, news: Partial<Publication>): void => {
  publications.set(repository, { unseen: new Map(), ...nothing, ...publications.get(repository), ...news });
};

/** Those of which apt sees what contents say, however much else is still to be published. */
export const seenSources = ({ unseen, published }: Publication): { readonly has: (source: SourceName) => boolean } => {
  const changing = new Set(unseen.values());
  return { has: (source) => published !== undefined && !changing.has('several') && !changing.has(source) };
};

/** Whether apt sees something else than it should, will soon see something expired, or takes nothing of it for as long as a clock was ahead. */
export const isStale = (publication: Publication, clock: RecordedClock, now: number): boolean =>
  publication.published === undefined ||
  !hasCaughtUp(publication) ||
  isNearItsEnd(publication.published, now) ||
  Date.parse(publication.published.date) > earliestDate(publication, clock, now);

/**
 * What is published next is dated no earlier than what apt saw before, whatever the clock says. What was dated by a clock that was ahead no apt took whose
 * own was right: once that clock is set back, dates go on as if that had not been. Milliseconds.
 */
export const earliestDate = (
  { published, notBefore }: Pick<Publication, 'published' | 'notBefore'>,
  clock: RecordedClock,
  now: number,
): number => {
  const seen = published === undefined || isOfWrongClock(clock, published.date, now) ? [] : [published.date];
  return Math.max(0, ...[...seen, ...(notBefore === undefined ? [] : [notBefore])].map((date) => Date.parse(date)));
};

/** Whether apt sees everything that history says by now. */
export const hasCaughtUp = ({ content, configured, published }: Publication): boolean =>
  published !== undefined && published.upTo === content && published.configuredBy === configured;

/**
 * Renewed when half of its validity is left: distributions that did not change keep an older `Release`, which then has a
 * quarter of its own left.
 */
const isNearItsEnd = ({ date, validUntil }: RepositoryPublished, now: number): boolean =>
  validUntil !== null && Date.parse(validUntil) - now < (Date.parse(validUntil) - Date.parse(date)) / 2;
