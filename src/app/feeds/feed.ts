import { shownTo, stranger } from '../../domain/account/viewer.ts';
import type { Instant } from '../../domain/codec.ts';
import { instanceUrl } from '../../domain/configuration/instance-address.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { SourceName } from '../../domain/debian/names.ts';
import { type DaemonEvent, decodeEvent, type EventType } from '../../domain/event.ts';
import type { EventId } from '../../domain/ids.ts';
import { headline } from '../../domain/notification/letter.ts';
import { uploadStream } from '../../domain/stream.ts';
import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';
import type { NoticeKind } from '../../projections/notice.ts';
import type { World } from '../../projections/world.ts';
import { headlines } from '../notifications/news-of.ts';

/** Of which package or distribution; of everything without both. `before`: where an earlier page ended. */
export type FeedQuery = {
  readonly package?: SourceName;
  readonly distribution?: DistributionName;
  readonly before?: Position;
};

export type FeedEntry = {
  readonly id: EventId;
  readonly at: Instant;
  readonly kind: NoticeKind;
  readonly title: string;
  readonly text: string;
  /** The page of its upload, from the root of the server. */
  readonly path: string;
};

/** Newest first. `next` is where the following page begins, if there is one. */
export type Feed = {
  readonly instance: string;
  /** `http://buildd.example.org:8066` */
  readonly origin: string;
  readonly entries: readonly FeedEntry[];
  readonly next: Position | undefined;
};

const entriesOfPage = 50;

const kinds: readonly EventType[] = [
  'PackageInstalled',
  'PackageMigrated',
  'PackageRemoved',
  'PackageRestored',
  'VersionReleased',
];

/** What became of packages, as strangers may read it, once apt sees it. Asked of the log: no package is ever too long ago. */
export const feeds =
  (world: World, log: Pick<EventLog, 'query' | 'readStream'>) =>
  async (asked: FeedQuery): Promise<Feed> => {
    const found = await newest(asked, log);
    const page = found.slice(0, entriesOfPage);
    const entries = await Promise.all(page.map((event) => entryOf(event, world, log)));
    return {
      instance: world.configuration.instance?.instance ?? 'mini-buildd',
      origin: instanceUrl(world.configuration),
      entries: entries.filter((entry) => entry !== undefined),
      next: found.length > page.length ? page.at(-1)?.position : undefined,
    };
  };

/** Newest first; one more than a page holds, when there is one. */
const newest = async (asked: FeedQuery, log: Pick<EventLog, 'query'>): Promise<readonly RecordedEvent[]> => {
  const limit = entriesOfPage + 1;
  const found = await Promise.all(kinds.map((type) => log.query({ ...asked, type, limit })));
  return found
    .flat()
    .sort((one, other) => (one.position < other.position ? 1 : -1))
    .slice(0, limit);
};

const entryOf = async (
  recorded: RecordedEvent,
  world: World,
  log: Pick<EventLog, 'readStream'>,
): Promise<FeedEntry | undefined> => {
  const { id, recordedAt: at, position } = recorded;
  const shown = shownTo(stranger, { ...recorded, body: decodeEvent(recorded.body, `the event at ${position}`) });
  const told = shown && tellable(shown.body);
  if (told === undefined) return undefined;
  const { repository, source, version } = told.event;
  const isEarly = world.notices.unpublished.get(repository)?.some(({ notice }) => notice.id === id) === true;
  if (isEarly || (told.event.type === 'VersionReleased' && !(await wasAccepted(told.event, log)))) return undefined;
  return {
    id,
    at,
    kind: told.kind,
    title: headline({
      headline: headlines[told.kind],
      distribution: told.distribution ?? recorded.subject.distribution ?? '',
      package: { source, version },
      file: undefined,
      results: [],
      ports: [],
      because: [],
      changes: '',
    }),
    text: told.text,
    path: pageOf(told.event),
  };
};

/** Where a version is here, its address leads to its upload, or to its package where it moved in. What came to nothing is nowhere: another upload may bring it. */
const pageOf = (event: NonNullable<ReturnType<typeof tellable>>['event']): string =>
  event.type === 'VersionReleased'
    ? `/mini_buildd/uploads/${event.upload}`
    : `/mini_buildd/uploads/${event.repository}/${event.source}/${encodeURIComponent(event.version)}`;

const tellable = (event: DaemonEvent) => {
  switch (event.type) {
    case 'PackageInstalled':
      return { event, kind: 'installed', distribution: event.distribution, text: 'apt sees it.' } as const;
    case 'PackageMigrated':
      return { event, kind: 'migrated', distribution: event.to, text: `It came from ${event.from}.` } as const;
    case 'PackageRemoved':
      return {
        event,
        kind: 'removed',
        distribution: event.distribution,
        text: 'apt does not see it any more.',
      } as const;
    case 'PackageRestored':
      return { event, kind: 'restored', distribution: event.distribution, text: 'It is there again.' } as const;
    case 'VersionReleased':
      return { event, kind: 'failed', distribution: undefined, text: event.reason } as const;
    default:
      return undefined;
  }
};

/** A claim that was let go on the way to a rejection failed at nothing. */
const wasAccepted = async (
  { upload }: Extract<DaemonEvent, { type: 'VersionReleased' }>,
  log: Pick<EventLog, 'readStream'>,
): Promise<boolean> => (await log.readStream(uploadStream(upload))).some(({ body }) => body.type === 'UploadAccepted');
