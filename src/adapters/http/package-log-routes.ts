import { stat } from 'node:fs/promises';
import { type Request, type Response, Router } from 'express';
import { Architecture, RepositoryId, SourceName, type StoredFile, Version } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { deliver } from './deliver.ts';
import { sendProblem } from './problem.ts';
import { type RequestPath, requestPath } from './request-path.ts';
import { sendListing, toFolder } from './send-listing.ts';
import { plainName, sendStoredText } from './stored-text.ts';
import { type Folder, folderOf, foldersNamed, type ListedEntry } from './views/directory-listing.ts';

/** One kept file of a version. `architecture` is the build it belongs to, or `source` for what was uploaded. */
export type PackageLogEntry = { readonly architecture: string; readonly file: StoredFile };

/** What is kept of all that was ever built, by whose it is. */
export type PackageLogs = {
  /** Those of which anything was ever accepted, in order. */
  readonly repositories: () => readonly RepositoryId[];
  /** Source packages of which a version was ever accepted, in order. */
  readonly sources: (repository: RepositoryId) => readonly SourceName[];
  readonly versions: (repository: RepositoryId, source: SourceName) => Promise<readonly Version[]>;
  /** All kept files of one version in one repository, or of one architecture of it. */
  readonly files: (
    repository: RepositoryId,
    source: SourceName,
    version: Version,
    architecture?: Architecture,
  ) => Promise<readonly PackageLogEntry[]>;
};

/**
 * `/log/REPOSITORY/SOURCE/VERSION/ARCH/FILE`, and the folders on the way there. A log stored as `x.build.gz` is read as text under `x.build`, and
 * fetched as it is under its own name.
 */
export const packageLogRoutes = (logs: PackageLogs, files: FileStore): Router => {
  const router = Router();
  router.get('/log{/*path}', async (req, res) => {
    const path = requestPath(req.originalUrl);
    const [, repository, source, version, architecture, name, ...deeper] = path?.segments ?? [];
    if (path === undefined || deeper.length > 0) return notFound(req, res);
    if (version === undefined) {
      const names = await namesBelow(logs, repository, source);
      return names.length === 0 && repository !== undefined
        ? notFound(req, res)
        : listing(req, res, path, foldersNamed(names));
    }
    if (!RepositoryId.is(repository) || !SourceName.is(source) || !Version.is(version)) return notFound(req, res);
    const kept = Architecture.is(architecture)
      ? await logs.files(repository, source, version, architecture)
      : await logs.files(repository, source, version);
    if (kept.length === 0 || (architecture !== undefined && !Architecture.is(architecture))) return notFound(req, res);
    if (name === undefined)
      return listing(req, res, path, architecture === undefined ? folders(kept) : folderOf(names(kept)));
    await sendNamed(req, res, files, path.isFolder ? undefined : kept, name);
  });
  return router;
};

/** Of what stands above versions; nothing where nothing was ever accepted under that name. */
const namesBelow = async (
  logs: PackageLogs,
  repository: string | undefined,
  source: string | undefined,
): Promise<readonly string[]> => {
  if (repository === undefined) return logs.repositories();
  if (!RepositoryId.is(repository)) return [];
  if (source === undefined) return logs.sources(repository);
  return SourceName.is(source) ? logs.versions(repository, source) : [];
};

const folders = (kept: readonly PackageLogEntry[]): Folder =>
  foldersNamed([...new Set(kept.map(({ architecture }) => architecture))].sort());

const names = (kept: readonly PackageLogEntry[]): readonly ListedEntry[] =>
  kept.flatMap(({ file: { name, size } }) => {
    const stored = { name, isFolder: false, size, modified: undefined };
    return plainName(name) === name ? [stored] : [{ ...stored, name: plainName(name), size: undefined }, stored];
  });

const sendNamed = async (
  req: Request,
  res: Response,
  files: FileStore,
  kept: readonly PackageLogEntry[] = [],
  name: string,
): Promise<void> => {
  const exact = kept.find(({ file }) => file.name === name)?.file;
  const expanded = kept.find(({ file }) => plainName(file.name) === name)?.file;
  const file = exact ?? expanded;
  if (file === undefined) return notFound(req, res);
  if (!(await files.has(file.sha256))) return sendProblem(req, res, 410, [letGo(file.name)]);
  if (plainName(name) === name) return sendStoredText(req, res, files, file);
  const path = await files.path(file.sha256);
  deliver(req, res, {
    etag: `"${file.sha256}"`,
    modified: undefined,
    contentType: 'application/octet-stream',
    cacheControl: 'no-cache',
    size: (await stat(path)).size,
    bytes: path,
  });
};

/** `log` leads no further up. */
const topLength = 1;

const listing = (req: Request, res: Response, { isFolder, segments }: RequestPath, folder: Folder): void => {
  if (!isFolder) toFolder(res, segments.at(-1) ?? '');
  else sendListing(req, res, folder, { path: `/${segments.join('/')}/`, isTop: segments.length === topLength });
};

const letGo = (name: string) =>
  refusal(
    'file-let-go',
    `${name} is not kept any more`,
    'logs go with the files of their version: see history for when that was',
  );

const notFound = (req: Request, res: Response): void =>
  sendProblem(req, res, 404, [
    refusal(
      'no-such-log',
      'nothing is kept under this name',
      'the form is /log/REPOSITORY/SOURCE/VERSION/ARCHITECTURE/FILE',
    ),
  ]);
