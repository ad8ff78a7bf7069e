import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { RepositoryId } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import { directoryListing, type ListedEntry } from './directory-listing.ts';
import { sendProblem } from './problem.ts';
import { type PublishedFile, publishedFiles } from './published-file.ts';
import { requestPath } from './request-path.ts';

/** Where the tree of a repository lies that apt reads; `undefined` for one we do not have. */
export type PublishedRoots = { readonly root: (repository: RepositoryId) => string | undefined };

/**
 * `/repositories/ID/dists/…` and `…/pool/…`, and nothing else below a repository's folder. The published root is
 * resolved once a request, so each answer belongs to one generation; links that lead out of it are not followed.
 *
 * The road is short on purpose (plain `node:http`, looks at the file system that only touch cached inodes): this is what
 * whole fleets of machines ask for.
 */
export const publishedTree = (repositories: PublishedRoots): ((req: IncomingMessage, res: ServerResponse) => void) => {
  const sendFile = publishedFiles();
  return (req, res) => {
    const place = req.method === 'GET' || req.method === 'HEAD' ? locate(req.url ?? '', repositories) : 'not-allowed';
    if (place === 'not-allowed') refuseMethod(req, res);
    else if (place === undefined) notFound(req, res);
    else if (place.isFolder && !place.isAskedAsFolder) toFolder(res, place.name);
    else if (!place.isFolder) sendFile(req, res, place.file, () => notFound(req, res));
    else {
      void place.list().then(
        (entries) => sendListing(req, res, place.path, entries),
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
      readonly list: () => Promise<readonly ListedEntry[]>;
    };

const locate = (target: string, { root }: PublishedRoots): Place | undefined => {
  const asked = requestPath(target);
  const [, id, area, ...rest] = asked?.segments ?? [];
  const published = RepositoryId.is(id) ? root(id) : undefined;
  if (asked === undefined || published === undefined) return undefined;
  const folder = {
    isFolder: true,
    isAskedAsFolder: asked.isFolder,
    name: asked.segments.at(-1) ?? '',
    path: `/${asked.segments.join('/')}/`,
  } as const;
  if (area === undefined) return { ...folder, list: async () => areas };
  const found = area === 'dists' || area === 'pool' ? find(published, [area, ...rest]) : undefined;
  if (found?.stats.isDirectory()) return { ...folder, list: () => list(found.path) };
  return found?.stats.isFile() && !asked.isFolder ? { isFolder: false, file: found } : undefined;
};

const find = (root: string, [area, ...rest]: readonly [string, ...string[]]): PublishedFile | undefined => {
  try {
    const base = realpathSync.native(join(root, area));
    const path = rest.length === 0 ? base : realpathSync.native(`${base}/${rest.join('/')}`);
    if (path !== base && !path.startsWith(`${base}/`)) return undefined;
    return { path, stats: statSync(path), switchedAt: area === 'dists' ? switchedAt(root) : 0, area, rest };
  } catch {
    return undefined;
  }
};

/** When the link that names the published generation was put in place; 0 where there is no such link. */
const switchedAt = (root: string): number => {
  const link: Stats = lstatSync(root);
  return link.isSymbolicLink() ? link.ctimeMs : 0;
};

const areas: readonly ListedEntry[] = ['dists', 'pool'].map((name) => ({
  name,
  isFolder: true,
  size: undefined,
  modified: undefined,
}));

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

const sendListing = (
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  entries: readonly ListedEntry[],
): void => {
  const body = directoryListing(path, entries, entries === areas);
  res.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src 'self'",
    'X-Content-Type-Options': 'nosniff',
  });
  res.end(req.method === 'HEAD' ? undefined : body);
};

/** Relative, so that no name can turn it into another host. */
const toFolder = (res: ServerResponse, name: string): void => {
  res.writeHead(301, { Location: `./${encodeURIComponent(name)}/`, 'Content-Length': 0 }).end();
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
