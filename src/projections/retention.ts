import type { Instant } from '../domain/codec.ts';
import type { RepositoryId, Sha256, SourceName, Version } from '../domain/debian/names.ts';
import type { EventId } from '../domain/ids.ts';
import type { FilesLetGo, Loss, SnapshotLabel } from '../domain/retention/events.ts';
import type { Recorded } from './recorded.ts';

/** Which files are kept, and which went. Folded in place: ask, do not keep. */
export type Retention = {
  readonly named: Map<RepositoryId, Map<SnapshotLabel, NamedPast>>;
  /** By `REPOSITORY SOURCE`: versions whose files went. */
  readonly lost: Map<string, Map<Version, LostVersion>>;
  /** By repository: how often it lost files, withdrawals included. */
  readonly losses: Map<RepositoryId, number>;
  /** Versions that were let go, and whose files may still be on disk. */
  readonly unremoved: Map<string, FilesLetGo>;
  readonly withdrawn: Map<Sha256, WithdrawnFile>;
  /** Those of them that may still be on disk. */
  readonly unremovedFiles: Set<Sha256>;
};

export type NamedPast = { readonly publication: EventId; readonly namedAt: Instant };
export type LostVersion = { readonly because: Loss; readonly at: Instant };
export type WithdrawnFile = { readonly name: string; readonly at: Instant };

export const noRetention = (): Retention => ({
  named: new Map(),
  lost: new Map(),
  losses: new Map(),
  unremoved: new Map(),
  withdrawn: new Map(),
  unremovedFiles: new Set(),
});

export const foldRetention = (retention: Retention, { event, recordedAt }: Recorded): void => {
  switch (event.type) {
    case 'SnapshotNamed': {
      const { repository, label, publication } = event;
      namedIn(retention, repository).set(label, { publication, namedAt: recordedAt });
      break;
    }
    case 'SnapshotReleased':
      namedIn(retention, event.repository).delete(event.label);
      break;
    case 'FilesLetGo':
      lose(retention, event, recordedAt);
      break;
    case 'FilesRemoved':
      retention.unremoved.delete(versionKey(event));
      break;
    case 'FileWithdrawn':
      retention.withdrawn.set(event.sha256, { name: event.name, at: recordedAt });
      retention.unremovedFiles.add(event.sha256);
      break;
    case 'WithdrawnFileRemoved':
      retention.unremovedFiles.delete(event.sha256);
      break;
  }
};

const namedIn = ({ named }: Retention, repository: RepositoryId): Map<SnapshotLabel, NamedPast> => {
  const found = named.get(repository) ?? new Map<SnapshotLabel, NamedPast>();
  named.set(repository, found);
  return found;
};

const lose = (retention: Retention, event: FilesLetGo, at: Instant): void => {
  const { repository, source, version, because } = event;
  const key = `${repository} ${source}`;
  const lost = retention.lost.get(key) ?? new Map<Version, LostVersion>();
  lost.set(version, { because, at });
  retention.lost.set(key, lost);
  retention.losses.set(repository, (retention.losses.get(repository) ?? 0) + 1);
  retention.unremoved.set(versionKey(event), event);
};

type Named = { readonly repository: string; readonly source: string; readonly version: string };

const versionKey = ({ repository, source, version }: Named): string => `${repository} ${source} ${version}`;

/** Why the files of a version are not kept any more; `undefined` while they are. */
export const lossOf = (
  { lost }: Retention,
  repository: RepositoryId,
  source: SourceName,
  version: Version,
): LostVersion | undefined => lost.get(`${repository} ${source}`)?.get(version);
