import { stat } from 'node:fs/promises';
import { type Request, type Response, Router } from 'express';
import { Architecture, RepositoryId, SourceName, type StoredFile, Version } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { deliver } from './deliver.ts';
import { sendPage } from './form-body.ts';
import { framed } from './in-frame.ts';
import { sendProblem } from './problem.ts';
import { requestPath } from './request-path.ts';
import { plainName, sendStoredText } from './stored-text.ts';
import { directoryListing, type ListedEntry } from './views/directory-listing.ts';

/** One kept file of a version. `architecture` is the build it belongs to, or `source` for what was uploaded. */
export type PackageLogEntry = { readonly architecture: string; readonly file: StoredFile };

/** All kept files of one version in one repository, or of one architecture of it. */
export type PackageLogs = (
  repository: RepositoryId,
  source: SourceName,
  version: Version,
  architecture?: Architecture,
) => Promise<readonly PackageLogEntry[]>;

/**
 * `/log/REPOSITORY/SOURCE/VERSION/ARCH/FILE`. A log stored as `x.build.gz` is read as text under `x.build`, and
 * fetched as it is under its own name.
 */
export const packageLogRoutes = (logs: PackageLogs, files: FileStore): Router => {
  const router = Router();
  router.get('/log/{*path}', async (req, res) => {
    const path = requestPath(req.originalUrl);
    const [, repository, source, version, architecture, name, ...deeper] = path?.segments ?? [];
    if (!RepositoryId.is(repository) || !SourceName.is(source) || !Version.is(version) || deeper.length > 0)
      return notFound(req, res);
    const kept = Architecture.is(architecture)
      ? await logs(repository, source, version, architecture)
      : await logs(repository, source, version);
    if (kept.length === 0 || path === undefined || (architecture !== undefined && !Architecture.is(architecture)))
      return notFound(req, res);
    if (name === undefined) return sendListing(res, path, architecture === undefined ? folders(kept) : names(kept));
    await sendNamed(req, res, files, path.isFolder ? undefined : kept, name);
  });
  return router;
};

const folders = (kept: readonly PackageLogEntry[]): readonly ListedEntry[] =>
  [...new Set(kept.map(({ architecture }) => architecture))].map((name) => ({
    name,
    isFolder: true,
    size: undefined,
    modified: undefined,
  }));

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

/** `log`, repository, source, version: above them nothing is listed. */
const topLength = 4;

const sendListing = (
  res: Response,
  { isFolder, segments }: { readonly isFolder: boolean; readonly segments: readonly string[] },
  entries: readonly ListedEntry[],
): void => {
  if (isFolder) {
    sendPage(res, directoryListing(framed(), `/${segments.join('/')}/`, entries, segments.length === topLength));
    return;
  }
  res
    .status(301)
    .set('Location', `./${encodeURIComponent(segments.at(-1) ?? '')}/`)
    .end();
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
