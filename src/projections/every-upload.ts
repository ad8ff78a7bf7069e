import type { DistributionName } from '../domain/debian/distribution.ts';
import type { Sha256, SourceName, Version } from '../domain/debian/names.ts';
import type { DaemonEvent } from '../domain/event.ts';
import type { UploadId } from '../domain/ids.ts';
import type { UploadReceived } from '../domain/upload/events.ts';

/**
 * Where an upload stands. `installed` is history's word; what apt sees is `published`. `failed` means accepted and
 * then not installed, for the reason given.
 */
export type UploadStatus = 'received' | 'accepted' | 'rejected' | 'failed' | 'installed' | 'published';

/** As little of an upload as it is sought by: there is one for each that ever came. The rest is in its stream. */
export type UploadEver = {
  readonly changes: Sha256;
  /** These three are `undefined` when the `.changes` could not be read. */
  readonly source: SourceName | undefined;
  readonly version: Version | undefined;
  /** As it was accepted; before that as it was asked for. */
  readonly distribution: DistributionName | string | undefined;
  readonly status: UploadStatus;
  /** Why it failed; `undefined` for all others. */
  readonly reason: string | undefined;
};

/** Every upload that ever came, in the order they came. Folded in place: ask, do not keep. */
export type EveryUpload = Map<UploadId, UploadEver>;

export const noUploadEver = (): EveryUpload => new Map();

/** What apt sees of them, `noteSeen` is told. */
export const foldEveryUpload = (every: EveryUpload, event: DaemonEvent): void => {
  switch (event.type) {
    case 'UploadReceived':
      every.set(event.upload, asReceived(event));
      break;
    case 'UploadAccepted':
      note(every, event.upload, { status: 'accepted', distribution: event.distribution });
      break;
    case 'UploadRejected':
      note(every, event.upload, { status: 'rejected' });
      break;
    case 'VersionReleased':
      if (canFail(every.get(event.upload)?.status))
        note(every, event.upload, { status: 'failed', reason: event.reason });
      break;
    case 'PackageInstalled':
      note(every, event.upload, { status: 'installed' });
      break;
  }
};

export const noteSeen = (every: EveryUpload, upload: UploadId): void => note(every, upload, { status: 'published' });

const asReceived = ({ changes, facts }: UploadReceived): UploadEver => ({
  changes: changes.sha256,
  source: facts?.source,
  version: facts?.version,
  distribution: facts?.distribution,
  status: 'received',
  reason: undefined,
});

/** What ended stays as it ended. */
const note = (every: EveryUpload, id: UploadId, news: Partial<UploadEver>): void => {
  const upload = every.get(id);
  if (upload !== undefined && !ends.has(upload.status)) every.set(id, { ...upload, ...news });
};

/** A claim that is let go on the way to a rejection failed at nothing. */
export const canFail = (status: UploadStatus | undefined): boolean => status === 'accepted' || status === 'installed';

/** What came so far goes no further. */
export const ends: ReadonlySet<UploadStatus> = new Set(['rejected', 'failed', 'published']);
