import { createHash } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { SourceName } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Position } from '../../ports/event-log.ts';
import { atom, type Feed } from './atom.ts';
import { deliver } from './deliver.ts';
import { PositionText } from './event-query.ts';
import { sendProblem } from './problem.ts';

/** A page of what became of packages, newest first. */
export type Feeds = (asked: {
  readonly package?: SourceName;
  readonly distribution?: DistributionName;
  readonly before?: Position;
}) => Promise<Feed>;

/** `/mini_buildd/feeds/all.atom`, `…/feeds/packages/SOURCE.atom`, `…/feeds/distributions/DISTRIBUTION.atom`. */
export const feedRoutes = (feeds: Feeds): Router => {
  const router = Router();
  router.get('/mini_buildd/feeds/all.atom', (req, res) => send(req, res, feeds, 'all packages', {}));
  router.get('/mini_buildd/feeds/packages/:file', (req, res) => {
    const name = nameOf(req);
    return SourceName.is(name) ? send(req, res, feeds, name, { package: name }) : notFound(req, res);
  });
  router.get('/mini_buildd/feeds/distributions/:file', (req, res) => {
    const name = nameOf(req);
    return DistributionName.is(name) ? send(req, res, feeds, name, { distribution: name }) : notFound(req, res);
  });
  return router;
};

const nameOf = ({ params: { file } }: Request): string | undefined =>
  typeof file === 'string' && file.endsWith('.atom') ? file.slice(0, -'.atom'.length) : undefined;

const send = async (
  req: Request,
  res: Response,
  feeds: Feeds,
  about: string,
  asked: Parameters<Feeds>[0],
): Promise<void> => {
  const { before } = req.query;
  if (before !== undefined && !PositionText.is(before)) return notFound(req, res);
  const feed = await feeds({ ...asked, ...(before === undefined ? {} : { before: before as unknown as Position }) });
  const self = before === undefined ? req.path : `${req.path}?before=${encodeURIComponent(before)}`;
  const bytes = Buffer.from(atom(feed, about, req.path, self));
  deliver(req, res, {
    etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`,
    modified: undefined,
    contentType: 'application/atom+xml; charset=utf-8',
    cacheControl: 'no-cache',
    size: bytes.length,
    bytes,
  });
};

const notFound = (req: Request, res: Response): void =>
  sendProblem(req, res, 404, [
    refusal(
      'no-such-feed',
      'there is no feed under this address',
      'feeds are all.atom, packages/SOURCE.atom and distributions/DISTRIBUTION.atom',
    ),
  ]);
