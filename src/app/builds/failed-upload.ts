import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { PackageEvent } from '../../domain/archive/events.ts';
import { packageDecider } from '../../domain/archive/package.ts';
import type { Architecture, RepositoryId, SourceName, Version } from '../../domain/debian/names.ts';
import { buildId, type UploadId } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { packageStream, uploadStream } from '../../domain/stream.ts';
import type { UploadAccepted, UploadReceived } from '../../domain/upload/events.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { eventsOf } from '../events-of.ts';
import { builtBefore } from './built-before.ts';

/** Where everything of an upload is found, however long ago it failed. */
export type Archives = { readonly log: Pick<EventLog, 'readStream'>; readonly files: Pick<FileStore, 'has' | 'path'> };

/** An accepted upload that came to nothing, with what was built of it all the same. */
export type FailedUpload = {
  readonly received: UploadReceived;
  readonly accepted: UploadAccepted;
  readonly built: readonly Architecture[];
};

/** Who holds or held a version of a package. */
export type Holder = { readonly upload: UploadId; readonly status: 'building' | 'installed' | 'failed' };

/** The last upload that claimed the version. */
export const lastHolder = async (
  { log }: Archives,
  repository: RepositoryId,
  source: SourceName,
  version: Version,
): Promise<Holder | undefined> => {
  let holder: Holder | undefined;
  for (const event of await eventsOf(log, packageStream(repository, source))) {
    if (!('version' in event) || event.version !== version) continue;
    if (event.type === 'VersionReserved') holder = { upload: event.upload, status: 'building' };
    if (event.type === 'VersionReleased') holder = { upload: event.upload, status: 'failed' };
    if (event.type === 'PackageInstalled') holder = { upload: event.upload, status: 'installed' };
  }
  return holder;
};

/** All that a retry needs of an upload whose version was released, or why it cannot be retried. */
export const failedUpload = async (archives: Archives, upload: UploadId): Promise<Either<Refusal, FailedUpload>> => {
  const story = await eventsOf(archives.log, uploadStream(upload));
  const received = story.find((event) => event.type === 'UploadReceived');
  const accepted = story.find((event) => event.type === 'UploadAccepted');
  if (received === undefined || accepted === undefined) {
    return left(refusal('no-failed-upload', `upload ${upload} was rejected`, 'correct it, and upload it again'));
  }
  if (story.some((event) => event.type === 'UploadFilesLetGo')) return left(letGo(accepted));
  const refused = (await missingFile(archives, accepted)) ?? (await versionRefusal(archives, accepted));
  if (refused !== undefined) return left(refused);
  const before = builtBefore(archives.log);
  const built: Architecture[] = [];
  for (const { architecture } of accepted.builds) {
    if ((await before(buildId(upload, architecture))) !== undefined) built.push(architecture);
  }
  return right({ received, accepted, built });
};

const letGo = ({ source, version, repository, upload }: UploadAccepted): Refusal =>
  refusal(
    'files-let-go',
    `the files of ${source} ${version}, upload ${upload}, were let go, as the retention of ${repository} says`,
    'upload the source package again: its version is free',
  );

const missingFile = async ({ files }: Archives, { sources }: UploadAccepted): Promise<Refusal | undefined> => {
  for (const { name, sha256 } of sources) {
    if (!(await files.has(sha256))) {
      return refusal('files-gone', `${name} is not kept any more`, 'upload the source package again');
    }
  }
  return undefined;
};

/** What the package's stream would say to the claim that comes later: better said now. */
const versionRefusal = async ({ log }: Archives, accepted: UploadAccepted): Promise<Refusal | undefined> => {
  const { repository, source, version, distribution, upload } = accepted;
  const events = (await eventsOf(log, packageStream(repository, source))) as readonly PackageEvent[];
  const claim = packageDecider.decide(
    {
      command: 'ReserveVersion',
      repository,
      source,
      version,
      distribution,
      upload,
      sources: accepted.sources.slice(1),
    },
    events.reduce(packageDecider.evolve, packageDecider.initial),
  );
  return isLeft(claim) ? claim.left : undefined;
};
