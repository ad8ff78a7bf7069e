import type { Instant } from '../domain/codec.ts';
import type { RepositoryId, Sha256, StoredFile } from '../domain/debian/names.ts';
import type { EventId, UploadId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { UploadAccepted, UploadReceived } from '../domain/upload/events.ts';
import {
  canFail,
  type EveryUpload,
  ends,
  foldEveryUpload,
  noteSeen,
  noUploadEver,
  type UploadStatus,
} from './every-upload.ts';
import { isSeen, type Publications } from './publications.ts';
import type { Recorded } from './recorded.ts';

export type UploadStory = {
  readonly id: UploadId;
  readonly status: UploadStatus;
  readonly received: UploadReceived;
  readonly receivedAt: Instant;
  readonly changedAt: Instant;
  /** The event that brought it into this status. */
  readonly because: EventId;
  readonly accepted: UploadAccepted | undefined;
  readonly refusal: Refusal | undefined;
  /** The upload that failed and is tried again with this one. */
  readonly retryOf: UploadId | undefined;
};

/** Which uploads are under way, and the last ones that ended. State is folded in place: ask, do not keep. */
export type Uploads = {
  readonly open: Map<UploadId, UploadStory>;
  /** Those of them that have no verdict. */
  readonly unjudged: Map<UploadId, UploadStory>;
  /** Ended, newest first, at most `mostEnded`. */
  readonly ended: UploadStory[];
  /** Installed and not yet published, in log order, by repository. */
  readonly installed: Map<RepositoryId, Installed[]>;
  /** Every `.changes` ever received: when last, and the upload that holds or held its version. */
  readonly changes: Map<Sha256, { readonly lastReceivedAt: Instant; readonly acceptedAs: UploadId | undefined }>;
  readonly every: EveryUpload;
};

export const mostEnded = 200;

export const noUploads = (): Uploads => ({
  open: new Map(),
  unjudged: new Map(),
  ended: [],
  installed: new Map(),
  changes: new Map(),
  every: noUploadEver(),
});

/** `publications` after the event. */
export const foldUploads = (uploads: Uploads, recorded: Recorded, publications: Publications): void => {
  const { event } = recorded;
  foldEveryUpload(uploads.every, event);
  switch (event.type) {
    case 'UploadReceived':
      receive(uploads, event, recorded);
      break;
    case 'UploadRetried':
      change(uploads, event.upload, recorded, { status: 'received', retryOf: event.of });
      break;
    case 'UploadAccepted':
      change(uploads, event.upload, recorded, { status: 'accepted', accepted: event });
      rememberAcceptance(uploads, event.upload, event.upload);
      break;
    case 'UploadRejected':
      change(uploads, event.upload, recorded, { status: 'rejected', refusal: refusalOf(event) });
      break;
    case 'VersionReleased':
      rememberAcceptance(uploads, event.upload, undefined);
      if (!canFail(uploads.open.get(event.upload)?.status)) break;
      change(uploads, event.upload, recorded, {
        status: 'failed',
        refusal: { rule: 'not-installed', fact: event.reason, remedy: 'see the logs of its builds, and upload again' },
      });
      break;
    case 'PackageInstalled':
      change(uploads, event.upload, recorded, { status: 'installed' });
      awaitPublication(uploads, event.repository, { event: recorded.id, upload: event.upload });
      break;
    case 'RepositoryPublished':
      for (const upload of takeSeen(uploads, event.repository, publications)) {
        change(uploads, upload, recorded, { status: 'published' });
        noteSeen(uploads.every, upload);
      }
      break;
  }
};

const refusalOf = ({ rule, fact, remedy }: Refusal): Refusal => ({ rule, fact, remedy });

const receive = (uploads: Uploads, received: UploadReceived, { id, recordedAt }: Recorded): void => {
  const story: UploadStory = {
    id: received.upload,
    status: 'received',
    received,
    receivedAt: recordedAt,
    changedAt: recordedAt,
    because: id,
    accepted: undefined,
    refusal: undefined,
    retryOf: undefined,
  };
  uploads.open.set(story.id, story);
  uploads.unjudged.set(story.id, story);
  const acceptedAs = uploads.changes.get(received.changes.sha256)?.acceptedAs;
  uploads.changes.set(received.changes.sha256, { lastReceivedAt: recordedAt, acceptedAs });
};

/** A released version may be uploaded again, so its `.changes` is no replay then. */
const rememberAcceptance = (uploads: Uploads, upload: UploadId, acceptedAs: UploadId | undefined): void => {
  const changes = uploads.open.get(upload)?.received.changes.sha256;
  const known = changes === undefined ? undefined : uploads.changes.get(changes);
  if (changes !== undefined && known !== undefined) uploads.changes.set(changes, { ...known, acceptedAs });
};

const change = (
  uploads: Uploads,
  id: UploadId,
  { id: because, recordedAt }: Recorded,
  news: Partial<UploadStory> & { readonly status: UploadStatus },
): void => {
  const story = uploads.open.get(id);
  if (story === undefined) return;
  const changed = { ...story, ...news, because, changedAt: recordedAt };
  if (changed.status === 'received') uploads.unjudged.set(id, changed);
  else uploads.unjudged.delete(id);
  if (ends.has(changed.status)) {
    uploads.open.delete(id);
    uploads.ended.unshift(changed);
    if (uploads.ended.length > mostEnded) uploads.ended.pop();
  } else {
    uploads.open.set(id, changed);
  }
};

type Installed = { readonly event: EventId; readonly upload: UploadId };

const awaitPublication = ({ installed }: Uploads, repository: RepositoryId, one: Installed): void => {
  const others = installed.get(repository);
  if (others === undefined) installed.set(repository, [one]);
  else others.push(one);
};

/** Takes out those that apt sees now, in log order. */
const takeSeen = (
  { installed }: Uploads,
  repository: RepositoryId,
  publications: Publications,
): readonly UploadId[] => {
  const waiting = installed.get(repository) ?? [];
  const seen = waiting.findLastIndex(({ event }) => isSeen(publications, repository, event));
  return waiting.splice(0, seen + 1).map(({ upload }) => upload);
};

export const storyOf = (uploads: Uploads, id: UploadId): UploadStory | undefined =>
  uploads.open.get(id) ?? uploads.ended.find((story) => story.id === id);

export const unjudged = (uploads: Uploads): readonly UploadStory[] => [...uploads.unjudged.values()];

export const acceptedUploads = (uploads: Uploads): readonly AcceptedUpload[] =>
  acceptedAmong(uploads, uploads.open.keys());

export type AcceptedUpload = UploadStory & { readonly accepted: UploadAccepted };

/** Those of `ids` that are accepted, and about which nothing further is decided. */
export const acceptedAmong = (uploads: Uploads, ids: Iterable<UploadId>): readonly AcceptedUpload[] =>
  [...ids].flatMap((id) => {
    const story = uploads.open.get(id);
    return story?.status === 'accepted' && story.accepted !== undefined ? [story as AcceptedUpload] : [];
  });

/** The upload that holds or held the version of this `.changes`, if it came before. */
export const replayOf = (uploads: Uploads, changes: StoredFile): UploadId | undefined =>
  uploads.changes.get(changes.sha256)?.acceptedAs;
