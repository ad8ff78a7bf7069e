import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { RepositoryId, type StoredFile } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { NotServed, PastTimes, Snapshots } from '../../ports/snapshots.ts';
import { addressOf } from './client-address.ts';
import { deliver } from './deliver.ts';
import { sendProblem } from './problem.ts';
import { type PublishedFiles, publishedFiles } from './published-file.ts';
import { type RequestPath, requestPath } from './request-path.ts';
import { sendListing, toFolder } from './send-listing.ts';
import { type Folder, folderNamed, folderOf, foldersNamed, type ListedEntry } from './views/directory-listing.ts';

/** `/snapshots/`, `/snapshots/ID/`, `/snapshots/ID/TIME/dists/…` and `…/pool/…`: a repository as apt saw it then. */
export const snapshotTree = (
  snapshots: Snapshots,
  files: FileStore,
): ((req: IncomingMessage, res: ServerResponse) => void) => {
  const published = publishedFiles();
  return (req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return refuseMethod(req, res);
    answer(req, res, snapshots, files, published).catch(() => sendProblem(req, res, 500, [fault]));
  };
};

const answer = async (
  req: IncomingMessage,
  res: ServerResponse,
  snapshots: Snapshots,
  files: FileStore,
  published: PublishedFiles,
): Promise<void> => {
  const asked = requestPath(req.url ?? '');
  const [, id, time, area, name, ...rest] = asked?.segments ?? [];
  if (asked !== undefined && id === undefined)
    return listing(req, res, asked, foldersNamed(snapshots.repositories().toSorted()));
  if (asked === undefined || !RepositoryId.is(id)) return notFound(req, res);
  if (time === undefined) {
    const times = snapshots.times(id);
    return times === undefined ? notFound(req, res) : listing(req, res, asked, folderOfTimes(times), saidOf(times));
  }
  if (area === undefined) return listing(req, res, asked, foldersNamed(['dists', 'pool']));
  const from = addressOf(req);
  if (area === 'dists' && name === undefined) {
    const names = await snapshots.distributions(id, time, from);
    return isLeft(names)
      ? refuse(req, res, names.left)
      : listing(req, res, asked, foldersNamed(names.right.toSorted()));
  }
  if (area === 'dists' && DistributionName.is(name)) {
    const tree = await snapshots.tree(id, time, name, from);
    return isLeft(tree) ? refuse(req, res, tree.left) : sendBelow(req, res, asked, tree.right, rest, published);
  }
  if (area === 'pool' && name !== undefined) {
    const file = snapshots.poolFile(id, [area, name, ...rest].join('/'));
    return isLeft(file) ? refuse(req, res, file.left) : sendStored(req, res, file.right, files);
  }
  return notFound(req, res);
};

/** A path has no links in it and no `..`: `requestPath` saw to the one, whoever made the tree to the other. */
const sendBelow = async (
  req: IncomingMessage,
  res: ServerResponse,
  asked: RequestPath,
  tree: string,
  rest: readonly string[],
  published: PublishedFiles,
): Promise<void> => {
  const path = join(tree, ...rest);
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return listing(req, res, asked, folderOf(await entries(path)));
  if (stats === undefined || !stats.isFile() || asked.isFolder) return notFound(req, res);
  const file = { asked: path, path, stats, switchedAt: 0, area: 'dists', rest };
  published.send(req, res, file, () => sendProblem(req, res, 503, [evicted]));
};

const sendStored = async (
  req: IncomingMessage,
  res: ServerResponse,
  { name, size, sha256 }: StoredFile,
  files: FileStore,
): Promise<void> => {
  if (!(await files.has(sha256))) return refuse(req, res, { kind: 'gone', because: lost(name) });
  deliver(req, res, {
    etag: `"${sha256}"`,
    modified: undefined,
    contentType: 'application/octet-stream',
    cacheControl: 'public, max-age=31536000, immutable',
    size,
    bytes: await files.path(sha256),
  });
};

/** Of several publications within a second the last one is what its time means. */
const folderOfTimes = ({ names, times, slice }: PastTimes): Folder => ({
  size: names + times,
  slice: (from, to) => [...new Set(slice(from, to))].map(folderNamed),
});

const saidOf = ({ names, times }: PastTimes): string =>
  `${names > 0 ? `Past states with a name of their own: ${names}. ` : ''}Times at which it was published: ${times}, the last first. Any other time is good as well, and means the last publication before it.`;

const entries = async (folder: string): Promise<readonly ListedEntry[]> =>
  Promise.all(
    (await readdir(folder, { withFileTypes: true })).map(async (entry) => {
      const stats = entry.isFile() ? await stat(join(folder, entry.name)) : undefined;
      return { name: entry.name, isFolder: entry.isDirectory(), size: stats?.size, modified: stats?.mtimeMs };
    }),
  );

/** `snapshots` leads no further up. */
const topLength = 1;

const listing = (
  req: IncomingMessage,
  res: ServerResponse,
  { segments, isFolder }: RequestPath,
  folder: Folder,
  said?: string,
): void => {
  if (!isFolder) toFolder(res, segments.at(-1) ?? '');
  else sendListing(req, res, folder, { path: `/${segments.join('/')}/`, isTop: segments.length === topLength, said });
};

const statusOf = { unknown: 404, gone: 410, busy: 429 } as const satisfies Record<NotServed['kind'], number>;

const refuse = (req: IncomingMessage, res: ServerResponse, refused: NotServed): void => {
  if (refused.kind === 'busy') res.setHeader('Retry-After', String(refused.retryAfter));
  sendProblem(req, res, statusOf[refused.kind], [refused.because]);
};

const notFound = (req: IncomingMessage, res: ServerResponse): void => sendProblem(req, res, 404, [nothing]);

const refuseMethod = (req: IncomingMessage, res: ServerResponse): void => {
  res.setHeader('Allow', 'GET, HEAD');
  sendProblem(req, res, 405, [
    refusal('read-only', 'the past does not change', 'upload with dput to change what is now'),
  ]);
};

const nothing = refusal(
  'no-such-file',
  'nothing was published under this name',
  'the form is /snapshots/REPOSITORY/TIME/dists/… with a time such as 20261122T101500Z',
);

const evicted = refusal('made-anew', 'what was made of this past state was just removed', 'ask again');

const fault = refusal('internal-fault', 'the daemon failed to answer', 'try again; its journal says more');

const lost = (name: string): Refusal =>
  refusal('file-missing', `the bytes of ${name} are not kept here any more`, 'ask who runs this instance');
