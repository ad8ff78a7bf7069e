import type { PublishFailed, RepositoryPublished } from '../domain/archive/events.ts';
import type { Instant } from '../domain/codec.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import type { EventId } from '../domain/ids.ts';
import type { Recorded } from './recorded.ts';

/** What apt sees of a repository, and what it should see. */
export type Publication = {
  /** The last event that changed what the repository holds. */
  readonly content: EventId | null;
  /** The last event that changed how it is described. */
  readonly configured: EventId | null;
  readonly published: RepositoryPublished | undefined;
  readonly publishedAt: Instant | undefined;
  readonly failure: (PublishFailed & { readonly at: Instant }) | undefined;
};

/** Folded in place: ask, do not keep. */
export type Publications = Map<RepositoryId, Publication>;

const nothing: Publication = {
  content: null,
  configured: null,
  published: undefined,
  publishedAt: undefined,
  failure: undefined,
};

export const noPublications = (): Publications => new Map();

export const foldPublications = (publications: Publications, { id, event, recordedAt }: Recorded): void => {
  switch (event.type) {
    case 'RepositoryConfigured':
      change(publications, event.repository, { configured: id });
      break;
    case 'LayoutConfigured':
    case 'DistributionConfigured':
    case 'InstanceConfigured':
    case 'ArchiveKeyGenerated':
      for (const repository of publications.keys()) change(publications, repository, { configured: id });
      break;
    case 'PackageInstalled':
      change(publications, event.repository, { content: id });
      break;
    case 'RepositoryPublished':
      change(publications, event.repository, { published: event, publishedAt: recordedAt, failure: undefined });
      break;
    case 'PublishFailed':
      change(publications, event.repository, { failure: { ...event, at: recordedAt } });
      break;
  }
};

const change = (publications: Publications, repository: RepositoryId, news: Partial<Publication>): void => {
  publications.set(repository, { ...(publications.get(repository) ?? nothing), ...news });
};

/** Whether apt sees something else than it should, or will soon see something expired. */
export const isStale = ({ content, configured, published }: Publication, now: number): boolean =>
  published === undefined ||
  published.upTo !== content ||
  published.configuredBy !== configured ||
  isNearItsEnd(published, now);

/** Renewed when a third of its validity is left, so that two failures in a row still go unnoticed by apt. */
const isNearItsEnd = ({ date, validUntil }: RepositoryPublished, now: number): boolean =>
  validUntil !== null && Date.parse(validUntil) - now < (Date.parse(validUntil) - Date.parse(date)) / 3;
