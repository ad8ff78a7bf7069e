import type { BinNmuScheduled } from '../domain/binnmu/events.ts';
import type { BuiltBinary } from '../domain/build/events.ts';
import type { Architecture, Sha256 } from '../domain/debian/names.ts';
import {
  architectureOfBuild,
  type BuildId,
  buildId,
  type EventId,
  type UploadId,
  uploadOfBuild,
} from '../domain/ids.ts';
import type { UploadAccepted, UploadRetried } from '../domain/upload/events.ts';
import type { Recorded } from './recorded.ts';

/**
 * How far the builds of accepted uploads are, kept so that what duties ask after every event does not take longer the more
 * builds wait. Folded in place: ask, do not keep.
 */
export type BuildProgress = {
  /** Accepted uploads of which something is still to come: a build, a decision, an architecture that came late. */
  readonly uploads: Map<UploadId, Progress>;
  /** Uploads with architectures that are not requested yet. */
  readonly unrequested: Set<UploadId>;
  /** Uploads that can be decided about: all builds that they cannot do without have ended. */
  readonly decidable: Set<UploadId>;
  /** Builds of optional architectures that succeeded after their upload was installed. */
  readonly late: Set<BuildId>;
  /** Released uploads some of whose builds have not ended: nobody needs them any more. */
  readonly pointless: Set<UploadId>;
  /** Uploads that retry another one, until they are judged. */
  readonly retries: Map<UploadId, UploadRetried>;
};

export type Progress = {
  readonly accepted: UploadAccepted;
  /** The event that says so. */
  readonly acceptedBy: EventId;
  readonly retried: UploadRetried | undefined;
  readonly unrequested: Set<Architecture>;
  readonly unended: Set<Architecture>;
  /** One binary package of each architecture that was built: enough to see whether it was installed. */
  readonly built: Map<Architecture, Sha256 | undefined>;
  /** Binary packages of it that are installed, while its installation is being said. */
  readonly installed: Set<Sha256>;
  /** Where it is no upload: what is built joins a version that stands, as an architecture that comes late does. */
  readonly binNmu: BinNmuScheduled | undefined;
  verdict: 'open' | 'installed' | 'released';
};

export const noProgress = (): BuildProgress => ({
  uploads: new Map(),
  unrequested: new Set(),
  decidable: new Set(),
  late: new Set(),
  pointless: new Set(),
  retries: new Map(),
});

/** The builds that an upload cannot be installed without: those of mandatory architectures; of an upload that has none, all. */
export const awaited = ({ builds }: UploadAccepted): readonly Architecture[] => {
  const mandatory = builds.filter((build) => build.mandatory);
  return (mandatory.length > 0 ? mandatory : builds).map(({ architecture }) => architecture);
};

/** Answers the upload of which nothing is to come any more, when the event was the last of it. */
export const foldProgress = (progress: BuildProgress, { id, event }: Recorded): UploadId | undefined => {
  switch (event.type) {
    case 'UploadRetried':
      progress.retries.set(event.upload, event);
      break;
    case 'UploadAccepted':
      accept(progress, event, id, undefined);
      progress.retries.delete(event.upload);
      break;
    case 'UploadRejected':
      progress.retries.delete(event.upload);
      break;
    case 'BinNmuScheduled':
      rebuild(progress, event, id);
      break;
    case 'BuildRequested': {
      const upload = progress.uploads.get(event.upload);
      upload?.unrequested.delete(event.architecture);
      if (upload?.unrequested.size === 0) progress.unrequested.delete(event.upload);
      break;
    }
    case 'BuildSucceeded':
    case 'BuildAdopted':
      return end(progress, event.build, event.binaries);
    case 'BuildFailed':
    case 'BuildSkipped':
    case 'BuildCancelled':
      return end(progress, event.build, undefined);
    case 'BinariesInstalled':
      for (const { file } of event.binaries) progress.uploads.get(event.upload)?.installed.add(file.sha256);
      break;
    case 'PackageInstalled':
      for (const { file } of event.binaries) progress.uploads.get(event.upload)?.installed.add(file.sha256);
      return decide(progress, event.upload, 'installed');
    case 'VersionReleased':
      return decide(progress, event.upload, 'released');
    case 'ArchitectureAdded':
    case 'ArchitectureRefused':
    case 'BinNmuInstalled':
    case 'BinNmuRefused':
      progress.late.delete(buildId(event.upload, event.architecture));
      return tidy(progress, event.upload);
  }
  return undefined;
};

const accept = (
  progress: BuildProgress,
  accepted: UploadAccepted,
  acceptedBy: EventId,
  binNmu: BinNmuScheduled | undefined,
): void => {
  const wanted = accepted.builds.map(({ architecture }) => architecture);
  progress.uploads.set(accepted.upload, {
    accepted,
    acceptedBy,
    retried: progress.retries.get(accepted.upload),
    unrequested: new Set(wanted),
    unended: new Set(wanted),
    built: new Map(),
    installed: new Set(),
    binNmu,
    verdict: binNmu === undefined ? 'open' : 'installed',
  });
  progress.unrequested.add(accepted.upload);
};

const rebuild = (progress: BuildProgress, scheduled: BinNmuScheduled, scheduledBy: EventId): void => {
  const { type, binNmu, architecture, number, ...about } = scheduled;
  const builds = [{ architecture, mandatory: false, archAll: false }];
  accept(progress, { type: 'UploadAccepted', ...about, builds, warnings: [] }, scheduledBy, scheduled);
};

/** `binaries` of what was built; nothing when the build ended otherwise. */
const end = (
  progress: BuildProgress,
  build: BuildId,
  binaries: readonly BuiltBinary[] | undefined,
): UploadId | undefined => {
  const [id, architecture] = [uploadOfBuild(build), architectureOfBuild(build)];
  const upload = progress.uploads.get(id);
  if (upload === undefined || !upload.unended.delete(architecture)) return undefined;
  if (binaries !== undefined) upload.built.set(architecture, binaries[0]?.file.sha256);
  if (upload.verdict === 'open' && awaited(upload.accepted).every((each) => !upload.unended.has(each))) {
    progress.decidable.add(id);
  }
  if (upload.verdict === 'installed' && binaries !== undefined) progress.late.add(build);
  return tidy(progress, id);
};

/** A build may have ended while the decision was on its way: then it is not among what was installed, and comes late. */
const decide = (progress: BuildProgress, id: UploadId, verdict: 'installed' | 'released'): UploadId | undefined => {
  const upload = progress.uploads.get(id);
  if (upload === undefined) return undefined;
  upload.verdict = verdict;
  progress.decidable.delete(id);
  if (verdict === 'released') {
    for (const architecture of upload.unrequested) upload.unended.delete(architecture);
    progress.unrequested.delete(id);
    if (upload.unended.size > 0) progress.pointless.add(id);
  } else {
    for (const [architecture, file] of upload.built) {
      if (file !== undefined && !upload.installed.has(file)) progress.late.add(buildId(id, architecture));
    }
  }
  upload.installed.clear();
  return tidy(progress, id);
};

const tidy = (progress: BuildProgress, id: UploadId): UploadId | undefined => {
  const upload = progress.uploads.get(id);
  if (upload === undefined || upload.verdict === 'open' || upload.unended.size > 0) return undefined;
  progress.pointless.delete(id);
  const isLate = upload.accepted.builds.some(({ architecture }) => progress.late.has(buildId(id, architecture)));
  if (isLate) return undefined;
  progress.uploads.delete(id);
  return id;
};
