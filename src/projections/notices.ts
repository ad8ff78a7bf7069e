import type { Instant } from '../domain/codec.ts';
import { resolveDistribution } from '../domain/configuration/configuration.ts';
import { parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../domain/debian/names.ts';
import type { EventId, UploadId } from '../domain/ids.ts';
import { isReader, type NotificationEvent, type Recipient, recipientKey } from '../domain/notification/events.ts';
import type { PortFailed, PortOutdated } from '../domain/port/events.ts';
import type { WebhookId } from '../domain/webhook/events.ts';
import { type BinNmuStory, endedWith, isThere } from './binnmus.ts';
import { slotOf } from './contents.ts';
import { newsCalled, type PortNews, ruleFor } from './followed-ports.ts';
import type { Circumstances, Notice, NoticeKind } from './notice.ts';
import { isSeen, type Publications } from './publications.ts';
import { recipientsOf } from './recipients.ts';
import type { Recorded } from './recorded.ts';
import { storyOf } from './uploads.ts';

/** A notice that somebody has not been told yet. */
export type OwedNotice = {
  readonly notice: Notice;
  /** Everybody, in the order in which reasons count. */
  readonly recipients: readonly Recipient[];
  /** Those who are left, by `recipientKey`. */
  readonly open: ReadonlySet<string>;
};

/** Who is to be told of what, as it was decided when it happened. Folded in place: ask, do not keep. */
export type Notices = {
  /** What apt does not see yet is not told, in log order; `content` is what a publication has to reach. */
  readonly unpublished: Map<RepositoryId, Unpublished[]>;
  readonly owed: Map<EventId, OwedNotice>;
  /** What keeps mail from being taken. */
  delay: Delay | undefined;
  /** What keeps calls of a webhook from being taken. */
  readonly callDelays: Map<WebhookId, Delay>;
};

export type Delay = { readonly fact: string; readonly since: Instant };

type Unpublished = {
  readonly content: EventId;
  readonly notice: Notice;
  readonly recipients: readonly Recipient[];
};

/** What is older is nobody's news, whoever was to be told: then mail was off, or the log is another one's. Milliseconds. */
const forgottenAfter = 14 * 24 * 3600 * 1000;

/** How long a version may have stood before it is said that it is newer than a port of it. Milliseconds. */
const newsFor = 24 * 3600 * 1000;

/** Of a repository that cannot be published, no more than this is remembered as news. */
const mostUnpublished = 5000;

export const noNotices = (): Notices => ({
  unpublished: new Map(),
  owed: new Map(),
  delay: undefined,
  callDelays: new Map(),
});

export const foldNotices = (notices: Notices, recorded: Recorded, world: Circumstances): void => {
  const { event } = recorded;
  switch (event.type) {
    case 'RepositoryPublished':
      publish(notices, event.repository, world.publications);
      break;
    case 'RepositoryImported':
    case 'ImportAbandoned':
    case 'RepositoryRemoved':
      notices.unpublished.delete(event.repository);
      break;
    case 'NotificationSent':
      setDelay(notices, event.to, undefined);
      close(notices, event);
      break;
    case 'NotificationSkipped':
    case 'NotificationFailed':
      close(notices, event);
      break;
    case 'NotificationDelayed':
      setDelay(notices, event.to, { fact: event.fact, since: recorded.recordedAt });
      break;
    case 'WebhookRemoved':
      notices.callDelays.delete(event.webhook);
      break;
    default:
      take(notices, noticeOf(recorded, world), world);
  }
};

/** What an event is news of; `undefined` for what is none. */
export const noticeOf = ({ id, recordedAt: at, event }: Recorded, world: Circumstances): Notice | undefined => {
  switch (event.type) {
    case 'PackageInstalled':
      return { id, at, kind: 'installed', ...about(event), distribution: event.distribution, upload: event.upload };
    case 'PackageMigrated':
      return { id, at, kind: 'migrated', ...about(event), distribution: event.to, upload: undefined };
    case 'PackageRemoved':
      return { id, at, kind: 'removed', ...about(event), distribution: event.distribution, upload: undefined };
    case 'PackageRestored':
      return { id, at, kind: 'restored', ...about(event), distribution: event.distribution, upload: undefined };
    case 'VersionReleased': {
      // A claim that was let go on the way to a rejection is told as that.
      const distribution = storyOf(world.uploads, event.upload)?.accepted?.distribution;
      return distribution && { id, at, kind: 'failed', ...about(event), distribution, upload: event.upload };
    }
    case 'UploadRejected':
      return rejection(id, at, event.upload, world);
    case 'ExpiryAnnounced':
      return { id, at, kind: 'expires', ...nothing, upload: undefined, expiry: event };
    case 'PortOvertaken':
      return newer(id, at, 'overtaken', event, undefined, world);
    case 'PortOutdated':
      return wasFoundLate(event, at, world) ? undefined : newer(id, at, 'overtaken', event, undefined, world);
    case 'PortFailed': {
      const news = newsCalled(world.followedPorts, event.port);
      return news && newer(id, at, 'port-failed', news, event, world);
    }
    case 'BinNmuInstalled':
    case 'BinNmuRefused':
    case 'BinNmuDropped':
    case 'BinNmuCancelled':
    case 'BuildFailed':
    case 'BuildSkipped':
    case 'BuildCancelled':
      return wholeBinNmu(id, at, endedWith(world.binNmus, id));
    default:
      return undefined;
  }
};

/** One word for all that was planned together. */
const wholeBinNmu = (id: EventId, at: Instant, binNmu: BinNmuStory | undefined): Notice | undefined => {
  if (binNmu === undefined) return undefined;
  const { repository, distribution } = binNmu.planned;
  const kind = binNmu.rebuilds.values().every(isThere) ? 'rebuilt' : 'rebuilt-in-part';
  return { id, at, kind, ...nothing, repository, distribution, upload: undefined, binNmu };
};

/** Ports of years are followed from one day on, and all that are behind are said at once then: they are offered, and no letters. */
const wasFoundLate = ({ from, source }: PortOutdated, at: Instant, { contents }: Circumstances): boolean =>
  Date.parse(at) - (slotOf(contents, from, source).since ?? Date.parse(at)) > newsFor;

const newer = (
  id: EventId,
  at: Instant,
  kind: NoticeKind,
  news: PortNews,
  failed: PortFailed | undefined,
  { configuration }: Circumstances,
): Notice => {
  const { source, version, to: distribution } = news;
  const { repository } = parseDistribution(distribution);
  const failure = failed && { rule: failed.rule, fact: failed.fact, remedy: failed.remedy };
  const told = { news, rule: ruleFor(configuration, distribution), failure };
  return { id, at, kind, repository, source, version, distribution, upload: undefined, newer: told };
};

type About = { readonly repository: RepositoryId; readonly source: SourceName; readonly version: Version };

const about = ({ repository, source, version }: About): About => ({ repository, source, version });

const nothing = { repository: undefined, source: undefined, version: undefined, distribution: '' } as const;

const rejection = (id: EventId, at: Instant, upload: UploadId, world: Circumstances): Notice => {
  const facts = storyOf(world.uploads, upload)?.received.facts ?? undefined;
  if (facts === undefined) {
    return { id, at, kind: 'invalid', ...nothing, upload };
  }
  const { source, version, distribution } = facts;
  const target = resolveDistribution(world.configuration, distribution);
  const repository = target._tag === 'Right' ? target.right.repository.repository : undefined;
  const name = target._tag === 'Right' ? target.right.name : distribution;
  return { id, at, kind: 'rejected', repository, source, version, distribution: name, upload };
};

const take = (notices: Notices, notice: Notice | undefined, world: Circumstances): void => {
  if (notice === undefined) return;
  forget(notices, notice.at);
  const recipients = recipientsOf(notice, world);
  const { repository } = notice;
  const publication = repository && publishedLater.has(notice.kind) ? world.publications.get(repository) : undefined;
  const content = publication?.content ?? undefined;
  if (repository === undefined || content === undefined || isSeen(world.publications, repository, content)) {
    owe(notices, { notice, recipients });
    return;
  }
  const waiting = notices.unpublished.get(repository) ?? [];
  waiting.push({ content, notice, recipients });
  if (waiting.length > mostUnpublished) waiting.shift();
  notices.unpublished.set(repository, waiting);
};

const publishedLater: ReadonlySet<NoticeKind> = new Set([
  'installed',
  'migrated',
  'removed',
  'restored',
  'rebuilt',
  'rebuilt-in-part',
]);

const owe = ({ owed }: Notices, { notice, recipients }: Omit<Unpublished, 'content'>): void => {
  if (recipients.length === 0) return;
  owed.set(notice.id, { notice, recipients, open: new Set(recipients.map(recipientKey)) });
};

/** Everything up to the last that apt sees now. */
const publish = (notices: Notices, repository: RepositoryId, publications: Publications): void => {
  const waiting = notices.unpublished.get(repository) ?? [];
  const last = waiting.findLastIndex(({ content }) => isSeen(publications, repository, content));
  for (const each of waiting.splice(0, last + 1)) owe(notices, each);
};

const close = ({ owed }: Notices, { about: id, to }: NotificationEvent): void => {
  const known = owed.get(id);
  if (known === undefined) return;
  const open = new Set(known.open);
  open.delete(recipientKey(to));
  if (open.size === 0) owed.delete(id);
  else owed.set(id, { ...known, open });
};

const setDelay = (notices: Notices, to: Recipient, delay: Delay | undefined): void => {
  if (isReader(to)) notices.delay = delay;
  else if (delay === undefined) notices.callDelays.delete(to.webhook);
  else notices.callDelays.set(to.webhook, delay);
};

const forget = ({ owed }: Notices, now: Instant): void => {
  for (const [id, { notice }] of owed) {
    if (Date.parse(now) - Date.parse(notice.at) <= forgottenAfter) return;
    owed.delete(id);
  }
};
