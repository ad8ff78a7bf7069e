import type { StoredFile } from '../domain/debian/names.ts';
import { type DaemonEvent, packageStream, uploadStream } from '../domain/event.ts';
import { type BuildId, buildId, type StreamName, type UploadId } from '../domain/ids.ts';
import type { EventLog } from '../ports/event-log.ts';
import { eventsOf } from './events-of.ts';

/** One kept file of a version. `architecture` is the build it belongs to, or `source` for what was uploaded. */
export type KeptFile = { readonly architecture: string; readonly file: StoredFile };

/** The log of the last ended attempt of a build. */
export const storedLog =
  (log: EventLog) =>
  async (build: BuildId): Promise<StoredFile | undefined> =>
    (await eventsOf(log, `build-${build}` as StreamName)).flatMap(logsOf).at(-1);

/** `.changes` and build logs of one version, asked of the log itself: any version ever uploaded has an answer. */
export const packageLogs =
  (log: EventLog) =>
  async (repository: string, source: string, version: string, architecture?: string): Promise<readonly KeptFile[]> => {
    const uploads = (await eventsOf(log, packageStream(repository, source))).flatMap((event) =>
      event.type === 'VersionReserved' && event.version === version ? [event.upload] : [],
    );
    const kept = (await Promise.all(uploads.map((upload) => keptOf(log, upload)))).flat();
    return kept.filter((each) => architecture === undefined || each.architecture === architecture);
  };

const keptOf = async (log: EventLog, upload: UploadId): Promise<readonly KeptFile[]> => {
  const story = await eventsOf(log, uploadStream(upload));
  const changes = story.flatMap((event) =>
    event.type === 'UploadReceived' ? [{ architecture: 'source', file: event.changes }] : [],
  );
  const architectures = story.flatMap((event) =>
    event.type === 'UploadAccepted' ? event.builds.map(({ architecture }) => architecture) : [],
  );
  const built = await Promise.all(
    architectures.map(async (architecture) =>
      (await eventsOf(log, `build-${buildId(upload, architecture)}` as StreamName))
        .flatMap((event) => [...logsOf(event), ...recordsOf(event)])
        .map((file) => ({ architecture, file })),
    ),
  );
  return [...changes, ...built.flat()];
};

const logsOf = (event: DaemonEvent): readonly StoredFile[] => {
  switch (event.type) {
    case 'BuildSucceeded':
    case 'BuildFailed':
    case 'BuildSkipped':
    case 'BuildDepWaited':
    case 'BuildAdopted':
      return event.log === null ? [] : [event.log];
    default:
      return [];
  }
};

const recordsOf = (event: DaemonEvent): readonly StoredFile[] =>
  event.type === 'BuildSucceeded' || event.type === 'BuildAdopted' ? event.records : [];
