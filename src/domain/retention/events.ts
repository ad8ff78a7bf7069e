import * as t from 'io-ts';
import { Count, text } from '../codec.ts';
import { FileName, RepositoryId, Sha256, SourceName, Version } from '../debian/names.ts';
import { EventId } from '../ids.ts';

/**
 * Which files of versions that stand nowhere any more are kept: of each source package those of the last `versions`, and those of
 * versions that left less than `days` ago; one reason is enough. `null` gives no reason; without any, everything is kept.
 */
export const RetentionConfigured = t.strict(
  {
    type: t.literal('RetentionConfigured'),
    repository: RepositoryId,
    versions: t.union([Count, t.null]),
    days: t.union([Count, t.null]),
  },
  'RetentionConfigured',
);
export type RetentionConfigured = t.TypeOf<typeof RetentionConfigured>;

/** What holds of a repository of which nothing was said. */
export const keepsEverything = (repository: RepositoryId): RetentionConfigured => ({
  type: 'RetentionConfigured',
  repository,
  versions: null,
  days: null,
});

/** What a past state is called: `release-1.2`. */
export const SnapshotLabel = text(
  'SnapshotLabel',
  /^[a-z][a-z0-9.+-]{0,63}$/,
  'lower case letters, digits, ".", "+", "-", beginning with a letter',
);
export type SnapshotLabel = t.TypeOf<typeof SnapshotLabel>;

/** What apt saw with this publication keeps its files, whatever retention says, until the name is released. */
export const SnapshotNamed = t.strict(
  { type: t.literal('SnapshotNamed'), repository: RepositoryId, label: SnapshotLabel, publication: EventId },
  'SnapshotNamed',
);
export type SnapshotNamed = t.TypeOf<typeof SnapshotNamed>;

export const SnapshotReleased = t.strict(
  { type: t.literal('SnapshotReleased'), repository: RepositoryId, label: SnapshotLabel },
  'SnapshotReleased',
);
export type SnapshotReleased = t.TypeOf<typeof SnapshotReleased>;

/** Why files of a version are not kept any more. */
export const Loss = t.keyof({ retention: null, withdrawal: null }, 'Loss');
export type Loss = t.TypeOf<typeof Loss>;

/** From here on the version cannot come back: its files, logs included, may go, but for those that others need. */
export const FilesLetGo = t.strict(
  {
    type: t.literal('FilesLetGo'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    because: Loss,
  },
  'FilesLetGo',
);
export type FilesLetGo = t.TypeOf<typeof FilesLetGo>;

/** They are gone from disk. `files` counts those that nothing else needed, `bytes` what they took. */
export const FilesRemoved = t.strict(
  {
    type: t.literal('FilesRemoved'),
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    files: Count,
    bytes: Count,
  },
  'FilesRemoved',
);
export type FilesRemoved = t.TypeOf<typeof FilesRemoved>;

/** Nobody shall have this file any more, for the reason given. Its hash stays where history names it. */
export const FileWithdrawn = t.strict(
  { type: t.literal('FileWithdrawn'), sha256: Sha256, name: FileName, reason: t.string },
  'FileWithdrawn',
);
export type FileWithdrawn = t.TypeOf<typeof FileWithdrawn>;

/** Its bytes are gone from the file store and from every pool. */
export const WithdrawnFileRemoved = t.strict(
  { type: t.literal('WithdrawnFileRemoved'), sha256: Sha256 },
  'WithdrawnFileRemoved',
);
export type WithdrawnFileRemoved = t.TypeOf<typeof WithdrawnFileRemoved>;

export type SnapshotEvent = SnapshotNamed | SnapshotReleased;
export type WithdrawalEvent = FileWithdrawn | WithdrawnFileRemoved;
export type LossEvent = FilesLetGo | FilesRemoved;
