import type { Architecture, RepositoryId, SourceName, StoredFile, Version } from '../debian/names.ts';

/** What a log or report is about. */
export type Logged = {
  readonly repository: RepositoryId;
  readonly source: SourceName;
  readonly version: Version;
  readonly architecture: Architecture;
};

/** Where the log or report of a build or check is read as text, whatever it is compressed with: behind the address of the instance. */
export const logPath = ({ repository, source, version, architecture }: Logged, { name }: StoredFile): string =>
  `/log/${repository}/${source}/${version}/${architecture}/${encodeURIComponent(name.replace(/\.(?:gz|zst)$/, ''))}`;
