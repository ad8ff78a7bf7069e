import type { RepositoryId, SourceName, StoredFile, Version } from '../domain/debian/names.ts';
import type { Contents } from './contents.ts';
import { lossOf, type Retention } from './retention.ts';

type SourcePackage = {
  readonly repository: RepositoryId;
  readonly source: SourceName;
  readonly version: Version;
  readonly dsc: StoredFile;
  readonly sources: readonly StoredFile[];
};

/** Bytes of a source package that no other kept version of it has: an orig tarball serves all versions of one upstream release. */
export const bytesOfOwn = (
  { contents, retention }: { readonly contents: Contents; readonly retention: Retention },
  { repository, source, version, dsc, sources }: SourcePackage,
): number => {
  const shared = new Set<string>();
  const wanted = new Set<string>(sources.map(({ sha256 }) => sha256));
  for (const other of contents.packages.get(`${repository} ${source}`)?.versions.values() ?? []) {
    if (other.version === version || lossOf(retention, repository, source, other.version) !== undefined) continue;
    for (const { sha256 } of other.sources) if (wanted.has(sha256)) shared.add(sha256);
    if (shared.size === wanted.size) break;
  }
  return sources.reduce((sum, { sha256, size }) => sum + (shared.has(sha256) ? 0 : size), dsc.size);
};
