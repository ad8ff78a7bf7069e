import { checkTools } from '../domain/check/findings.ts';
import type { Architecture, RepositoryId, SourceName, StoredFile, Version } from '../domain/debian/names.ts';
import type { DaemonEvent } from '../domain/event.ts';
import { type BuildId, buildId, checkId, type StreamName, type UploadId } from '../domain/ids.ts';
import { checkStream, packageStream, uploadStream } from '../domain/stream.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { World } from '../projections/world.ts';
import { eventsOf } from './events-of.ts';
import { itemsOf } from './pages/blocks.ts';
import { namesInOrder } from './pages/names-in-order.ts';

/** One kept file of a version. `architecture` is the build it belongs to, or `source` for what was uploaded. */
export type KeptFile = { readonly architecture: string; readonly file: StoredFile };

/** The log of the last ended attempt of a build. */
export const storedLog =
  (log: EventLog) =>
  async (build: BuildId): Promise<StoredFile | undefined> =>
    (await eventsOf(log, `build-${build}` as StreamName)).flatMap(logsOf).at(-1);

/**
 * `.changes`, records and logs of builds, logs and reports of checks of one version, asked of the log itself: any version ever uploaded
 * has an answer. Of several attempts at it all are there, the last one last.
 */
export const everyKeptFile =
  (log: EventLog) =>
  async (repository: string, source: string, version: string): Promise<readonly KeptFile[]> => {
    const told = await eventsOf(log, packageStream(repository, source));
    const kept = told.map((event): Promise<readonly KeptFile[]> | undefined => {
      if (!('version' in event) || event.version !== version) return undefined;
      if (event.type === 'VersionReserved') return keptOf(log, event.upload);
      const isRebuilt = event.type === 'BinNmuInstalled' || event.type === 'BinNmuRefused';
      return isRebuilt ? leftBy(log, event.upload, event.architecture) : undefined;
    });
    return (await Promise.all(kept)).flatMap((files) => files ?? []);
  };

/** What is kept, as people look it up: of several files of one name the last. */
export const packageLogs = ({ accepted }: Pick<World, 'accepted'>, log: EventLog) => ({
  repositories: (): readonly RepositoryId[] => [...accepted.keys()].sort(),
  sources: (repository: RepositoryId): readonly SourceName[] => {
    const all = accepted.get(repository);
    return all === undefined ? [] : itemsOf(namesInOrder(all));
  },
  /** Of whatever was ever accepted, in order. */
  versions: async (repository: RepositoryId, source: SourceName): Promise<readonly Version[]> => {
    const told = await eventsOf(log, packageStream(repository, source));
    return [...new Set(told.flatMap((event) => (event.type === 'VersionReserved' ? [event.version] : [])))].sort();
  },
  files: async (
    repository: string,
    source: string,
    version: string,
    architecture?: string,
  ): Promise<readonly KeptFile[]> => {
    const kept = await everyKeptFile(log)(repository, source, version);
    const latest = new Map(kept.map((each) => [`${each.architecture} ${each.file.name}`, each]));
    return [...latest.values()].filter((each) => architecture === undefined || each.architecture === architecture);
  },
});

const keptOf = async (log: EventLog, upload: UploadId): Promise<readonly KeptFile[]> => {
  const story = await eventsOf(log, uploadStream(upload));
  const changes = story.flatMap((event) =>
    event.type === 'UploadReceived' ? [{ architecture: 'source', file: event.changes }] : [],
  );
  const architectures = story.flatMap((event) =>
    event.type === 'UploadAccepted' ? event.builds.map(({ architecture }) => architecture) : [],
  );
  const left = architectures.map((architecture) => leftBy(log, upload, architecture));
  return [...changes, ...(await Promise.all(left)).flat()];
};

/** By one build and its checks. */
const leftBy = async (log: EventLog, upload: UploadId, architecture: Architecture): Promise<readonly KeptFile[]> => {
  const build = buildId(upload, architecture);
  const streams = [`build-${build}` as StreamName, ...checkTools.map((tool) => checkStream(checkId(build, tool)))];
  const told = await Promise.all(streams.map((stream) => eventsOf(log, stream)));
  return told
    .flat()
    .flatMap((event) => [...logsOf(event), ...recordsOf(event)].map((file) => ({ architecture, file })));
};

const logsOf = (event: DaemonEvent): readonly StoredFile[] => {
  switch (event.type) {
    case 'BuildSucceeded':
    case 'BuildFailed':
    case 'BuildSkipped':
    case 'BuildDepWaited':
    case 'BuildAdopted':
    case 'CheckPassed':
    case 'CheckFailed':
    case 'CheckSkipped':
      return event.log === null ? [] : [event.log];
    default:
      return [];
  }
};

const recordsOf = (event: DaemonEvent): readonly StoredFile[] => {
  switch (event.type) {
    case 'BuildSucceeded':
    case 'BuildAdopted':
      return event.records;
    case 'CheckPassed':
    case 'CheckFailed':
      return event.report === null ? [] : [event.report];
    default:
      return [];
  }
};
