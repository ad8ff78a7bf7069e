import type { Instant } from '../domain/codec.ts';
import type { RepositoryId, Sha256, SourceName, StoredFile, Version } from '../domain/debian/names.ts';
import type { DaemonEvent } from '../domain/event.ts';
import { type UploadId, uploadOfBuild } from '../domain/ids.ts';
import type { UploadAccepted } from '../domain/upload/events.ts';
import type { Recorded } from './recorded.ts';

/** Which uploads left files behind that no version has. Folded in place: ask, do not keep. */
export type UploadFiles = {
  /** Under way. */
  readonly open: Map<UploadId, Brought>;
  /** Rejected, and their files may still be on disk; in order. */
  readonly rejected: Map<UploadId, { readonly files: readonly Sha256[]; readonly at: Instant }>;
  /** Accepted and not installed: all that they brought and that was built of them is kept. */
  readonly failed: Map<UploadId, FailedUpload>;
  /** Failed ones whose files were let go, and may still be on disk. */
  readonly unremoved: Map<UploadId, FailedUpload>;
  /** How often files that people read (logs, records, reports, .changes, keys) were named, by the beginning of their hash. */
  readonly texts: Map<number, number>;
  /** What was taken over by the build of a retried upload. */
  readonly adopted: Set<Sha256>;
};

type Brought = {
  /** Without the `.changes`, which stays as long as the log. */
  readonly packages: Set<Sha256>;
  readonly texts: Set<Sha256>;
  accepted: UploadAccepted | undefined;
};

export type FailedUpload = Pick<Brought, 'packages' | 'texts'> & {
  readonly repository: RepositoryId;
  readonly source: SourceName;
  readonly version: Version;
  readonly at: Instant;
};

export const noUploadFiles = (): UploadFiles => ({
  open: new Map(),
  rejected: new Map(),
  failed: new Map(),
  unremoved: new Map(),
  texts: new Map(),
  adopted: new Set(),
});

export const foldUploadFiles = (all: UploadFiles, { event, recordedAt: at }: Recorded): void => {
  for (const { sha256 } of countedTexts(event)) all.texts.set(short(sha256), namings(all, sha256) + 1);
  switch (event.type) {
    case 'UploadReceived':
      if (namings(all, event.changes.sha256) === 0) all.texts.set(short(event.changes.sha256), 1);
      all.open.set(event.upload, { packages: hashes(event.files), texts: new Set(), accepted: undefined });
      break;
    case 'UploadRejected':
      all.rejected.set(event.upload, { files: [...(all.open.get(event.upload)?.packages ?? [])], at });
      all.open.delete(event.upload);
      break;
    case 'UploadAccepted':
      accept(all, event);
      break;
    case 'PackageInstalled':
      all.open.delete(event.upload);
      break;
    case 'VersionReleased':
      fail(all, event.upload, at);
      break;
    case 'UploadFilesLetGo':
      letGo(all, event.upload);
      break;
    case 'UploadFilesRemoved':
      all.rejected.delete(event.upload);
      all.unremoved.delete(event.upload);
      break;
    default:
      bring(all, event);
  }
};

const accept = ({ open }: UploadFiles, accepted: UploadAccepted): void => {
  const brought = open.get(accepted.upload);
  if (brought === undefined) return;
  brought.accepted = accepted;
  for (const { sha256 } of accepted.sources) brought.packages.add(sha256);
};

/** A claim that was given back before the upload was accepted is no failure: it will be rejected. */
const fail = ({ open, failed }: UploadFiles, upload: UploadId, at: Instant): void => {
  const { packages, texts, accepted } = open.get(upload) ?? {};
  if (packages === undefined || texts === undefined || accepted === undefined) return;
  const { repository, source, version } = accepted;
  failed.set(upload, { packages, texts, repository, source, version, at });
  open.delete(upload);
};

const letGo = ({ failed, unremoved }: UploadFiles, upload: UploadId): void => {
  const gone = failed.get(upload);
  if (gone !== undefined) unremoved.set(upload, gone);
  failed.delete(upload);
};

/** What was built and checked of an upload is its own, also when it comes after the upload has failed. */
const bring = (all: UploadFiles, event: DaemonEvent): void => {
  const upload = uploadOf(event);
  const brought = upload && (all.open.get(upload) ?? all.failed.get(upload));
  if (!brought) return;
  for (const { sha256 } of textsOf(event)) {
    brought.texts.add(sha256);
    if (event.type === 'BuildAdopted') all.adopted.add(sha256);
  }
  if ('binaries' in event) for (const { file } of event.binaries) brought.packages.add(file.sha256);
};

const uploadOf = (event: DaemonEvent): UploadId | undefined => {
  const id = 'check' in event ? event.check : 'build' in event ? event.build : undefined;
  return typeof id === 'string' ? uploadOfBuild(id) : undefined;
};

/** Adopted files were named before; a `.changes` counts once, however often it came. */
const countedTexts = (event: DaemonEvent): readonly StoredFile[] =>
  event.type === 'BuildAdopted' ? [] : textsOf(event);

const textsOf = (event: DaemonEvent): readonly StoredFile[] => {
  switch (event.type) {
    case 'BuildSucceeded':
    case 'BuildAdopted':
      return [event.log, ...event.records];
    case 'BuildFailed':
      return event.log === null ? [] : [event.log];
    case 'BuildSkipped':
    case 'BuildDepWaited':
    case 'CheckSkipped':
    case 'ChrootLogKept':
      return [event.log];
    case 'CheckPassed':
    case 'CheckFailed':
      return event.report === null ? [event.log] : [event.log, event.report];
    case 'UploaderKeySubmitted':
    case 'RemoteConfigured':
      return [event.key];
    case 'PortRequested':
      return event.files;
    default:
      return [];
  }
};

/** How often a file was named as something that people read. More than it was, where the beginnings of two hashes are the same. */
export const namings = ({ texts }: Pick<UploadFiles, 'texts'>, sha256: Sha256): number => texts.get(short(sha256)) ?? 0;

/** 52 bits: a number takes far less room than a text, and there is one for every log ever written. */
const short = (sha256: Sha256): number => Number.parseInt(sha256.slice(0, 13), 16);

const hashes = (files: readonly StoredFile[]): Set<Sha256> => new Set(files.map(({ sha256 }) => sha256));
