import { realpathSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { RepositoryId } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import { type Generation, generations } from './generations.ts';
import { sendProblem } from './problem.ts';
import { type PublishedFile, type PublishedFiles, publishedFiles } from './published-file.ts';
import { type RequestPath, requestPath } from './request-path.ts';
import { sendListing, toFolder } from './send-listing.ts';
import { type Folder, folderOf, foldersNamed, type ListedEntry } from './views/directory-listing.ts';

export type PublishedRoots = {
  /** Where the tree of a repository lies that apt reads; `undefined` for one we do not have. */
  readonly root: (repository: RepositoryId) => string | undefined;
  /** Those that are listed above them all. */
  readonly all: () => readonly RepositoryId[];
};

/**
 * `/repositories/`, `/repositories/ID/dists/…` and `…/pool/…`, and nothing else below a repository's folder. The published root is
 * resolved once a request, so each answer belongs to one generation; links that lead out of it are not followed.
 *
 * The road is short on purpose (plain `node:http`, looks at the file system that only touch cached inodes): this is what
 * whole fleets of machines ask for.
 */
export const publishedTree = (repositories: PublishedRoots): ((req: IncomingMessage, res: ServerResponse) => void) => {
  const files = publishedFiles();
  const locate = locator(repositories, generations(), files.isRemembered);
  return (req, res) => {
    const place = req.method === 'GET' || req.method === 'HEAD' ? locate(req.url ?? '') : 'not-allowed';
    if (place === 'not-allowed') refuseMethod(req, res);
    else if (place === undefined) notFound(req, res);
    else if (place.isFolder && !place.isAskedAsFolder) toFolder(res, place.name);
    else if (!place.isFolder) files.send(req, res, place.file, () => notFound(req, res));
    else {
      void place.list().then(
        (listed) => sendListing(req, res, listed, { path: place.path, isTop: place.path === top }),
        () => notFound(req, res),
      );
    }
  };
};

type Place =
  | { readonly isFolder: false; readonly file: PublishedFile }
  | {
      readonly isFolder: true;
      readonly isAskedAsFolder: boolean;
      readonly name: string;
      /** As asked, decoded. */
      readonly path: string;
      readonly list: () => Promise<Folder>;
    };

/** Finds what a request target names; `undefined` where that is nothing of ours. */
const locator =
  (
    { root, all }: PublishedRoots,
    generationOf: ReturnType<typeof generations>,
    isRemembered: PublishedFiles['isRemembered'],
  ) =>
  (target: string): Place | undefined => {
    const asked = requestPath(target);
    const [, id, area, ...rest] = asked?.segments ?? [];
    if (asked !== undefined && id === undefined) return folder(asked, async () => foldersNamed(all().toSorted()));
    const published = RepositoryId.is(id) ? root(id) : undefined;
    if (asked === undefined || published === undefined) return undefined;
    if (area === undefined) return folder(asked, async () => areas);
    if (area !== 'dists' && area !== 'pool') return undefined;
    const found = quietly(() => find(generationOf(published, area), area, rest, isRemembered));
    if (found?.stats.isDirectory()) return folder(asked, async () => folderOf(await list(found.path)));
    return found?.stats.isFile() && !asked.isFolder ? { isFolder: false, file: found } : undefined;
  };

const folder = ({ segments, isFolder }: RequestPath, list: () => Promise<Folder>): Place => ({
  isFolder: true,
  isAskedAsFolder: isFolder,
  name: segments.at(-1) ?? '',
  path: `/${segments.join('/')}/`,
  list,
});

/** What cannot be looked at (gone meanwhile, a name too long, a loop of links) is not there. */
const quietly = <A>(look: () => A): A | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};

/** Links that lead out of the area lead nowhere. What is in memory was looked at when it was read. */
const find = (
  { base, switchedAt }: Generation,
  area: string,
  rest: readonly string[],
  isRemembered: PublishedFiles['isRemembered'],
): PublishedFile | undefined => {
  const asked = [base, ...rest].join('/');
  const stats = statSync(asked, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const path = isRemembered(asked, stats) ? asked : realpathSync.native(asked);
  return path === base || path.startsWith(`${base}/`) ? { asked, path, stats, switchedAt, area, rest } : undefined;
};

/** Leads no further up. */
const top = '/repositories/';

const areas = foldersNamed(['dists', 'pool']);

const list = async (folder: string): Promise<readonly ListedEntry[]> => {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  const entries = await Promise.all(names.map((name) => entry(folder, name)));
  return entries.filter((found) => found !== undefined);
};

/** `undefined` when it went away meanwhile. */
const entry = async (folder: string, name: string): Promise<ListedEntry | undefined> => {
  const stats = await stat(join(folder, name)).catch(() => undefined);
  if (stats === undefined) return undefined;
  const isFolder = stats.isDirectory();
  return { name, isFolder, size: isFolder ? undefined : stats.size, modified: stats.mtimeMs };
};

const notFound = (req: IncomingMessage, res: ServerResponse): void =>
  sendProblem(req, res, 404, [
    refusal(
      'no-such-file',
      'the published archive holds nothing under this name',
      'look at /repositories/ID/dists/ and /repositories/ID/pool/',
    ),
  ]);

const refuseMethod = (req: IncomingMessage, res: ServerResponse): void => {
  res.setHeader('Allow', 'GET, HEAD');
  sendProblem(req, res, 405, [
    refusal('read-only', 'the published archive is only read here', 'upload with dput to change it'),
  ]);
};
