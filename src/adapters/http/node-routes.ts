import { stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type Request, type Response, Router } from 'express';
import { Sha256 } from '../../domain/debian/names.ts';
import type { NodeName } from '../../domain/node/events.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Bearings } from '../../ports/bearings.ts';
import type { Deliveries } from '../../ports/deliveries.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { credentialsOf } from './credentials.ts';
import { deliver } from './deliver.ts';
import { sendProblem } from './problem.ts';
import { type StandbyDoor, standbyRoutes } from './standby-routes.ts';

/** What nodes are let in by, and where what they deliver goes. */
export type NodeParts = {
  readonly admits: (name: string, secret: string) => NodeName | undefined;
  readonly hear: (node: NodeName, token: number, waitsFor?: string) => void;
  /** What we know beside the log. */
  readonly bearings: () => Bearings;
  readonly deliveries: Deliveries;
  /** Where a standby copies everything; nobody does without it. */
  readonly standby?: StandbyDoor | undefined;
  /** Rejects when another one holds the archive by now: what is delivered here would be seen by nobody. */
  readonly permit: () => Promise<void>;
};

/** Whether a request's body is a file of a node. */
export const isDelivery = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'PUT' && url.startsWith('/mini_buildd/nodes/files/');

/**
 * `/mini_buildd/nodes`: for builders on our own log, each with the secret that an administrator gave it. Files are fetched by hash, in ranges, and delivered
 * by hash, in pieces: `Upload-Offset` says where a piece begins, or where to go on, and `Upload-Length` how long the whole is. `bearings` are for
 * web replicas.
 */
export const nodeRoutes = (
  { admits, hear, bearings, deliveries, standby, permit }: NodeParts,
  stored: FileStore,
): Router => {
  const files = standby?.onOffer ?? stored;
  const router = Router();
  router.use('/mini_buildd/nodes', (req, res, next) => {
    const shown = credentialsOf(req);
    const node = shown?.kind === 'password' ? admits(shown.login, shown.password) : undefined;
    if (node === undefined) return turnAway(req, res);
    res.locals.node = node;
    next();
  });
  router.post('/mini_buildd/nodes/alive/:token', (req, res, next) => {
    if (!/^\d{1,15}$/.test(req.params.token)) return next();
    hear(res.locals.node as NodeName, Number(req.params.token));
    res.status(204).end();
  });
  router.post('/mini_buildd/nodes/held/:token', (req, res, next) => {
    const { because } = req.query;
    if (!/^\d{1,15}$/.test(req.params.token) || typeof because !== 'string') return next();
    hear(res.locals.node as NodeName, Number(req.params.token), because);
    res.status(204).end();
  });
  router.get('/mini_buildd/nodes/bearings', (_req, res) => {
    res.set('Cache-Control', 'no-store').json(bearings());
  });
  router.use(standbyRoutes(standby));
  router.head(
    '/mini_buildd/nodes/files/:sha256',
    named(async (sha256, _req, res) => {
      const standing = await deliveries.standing(sha256);
      if (standing === 'whole') res.status(200).end();
      else res.status(404).set('Upload-Offset', String(standing.at)).end();
    }),
  );
  router.get(
    '/mini_buildd/nodes/files/:sha256',
    named(async (sha256, req, res) => {
      if (!(await files.has(sha256))) return sendProblem(req, res, 404, [noFile(sha256)]);
      const bytes = await files.path(sha256);
      const { size } = await stat(bytes);
      const [contentType, cacheControl] = ['application/octet-stream', 'private, immutable'];
      deliver(req, res, { etag: `"${sha256}"`, modified: undefined, contentType, cacheControl, size, bytes });
    }),
  );
  router.put(
    '/mini_buildd/nodes/files/:sha256',
    named(async (sha256, req, res) => {
      const [from, size] = [numberIn(req, 'upload-offset'), numberIn(req, 'upload-length')];
      if (from === undefined || size === undefined) return sendProblem(req, res, 400, [unmeasured]);
      await permit();
      // Whoever sends more than was announced is answered all the same.
      const bytes = req.iterator({ destroyOnReturn: false });
      const delivered = await deliveries.take(sha256, from, size, bytes);
      if (delivered === 'altered') return sendProblem(req, res, 422, [altered(sha256)]);
      if (delivered !== 'whole') return void res.status(409).set('Upload-Offset', String(delivered.at)).end();
      await permit();
      res.status(201).end();
    }),
  );
  return router;
};

const named =
  (answer: (sha256: Sha256, req: Request, res: Response) => Promise<void>) =>
  async (req: Request, res: Response, next: () => void): Promise<void> => {
    const { sha256 } = req.params;
    if (!Sha256.is(sha256)) return next();
    // What was not read of a body that nobody wants must not be taken for the next request.
    if (isDelivery(req)) res.set('Connection', 'close');
    await answer(sha256, req, res);
  };

const numberIn = ({ headers }: Request, name: string): number | undefined => {
  const value = headers[name];
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
};

const turnAway = (req: Request, res: Response): void => {
  res.set('WWW-Authenticate', 'Basic realm="nodes", charset="UTF-8"').set('Connection', 'close');
  sendProblem(req, res, 401, [
    refusal('no-node', 'this is for nodes, each with its secret', 'let an administrator add it: node add NAME'),
  ]);
};

const noFile = (sha256: Sha256) =>
  refusal('no-file', `there is no file ${sha256} here`, 'it was removed, or never came');

const altered = (sha256: Sha256) =>
  refusal('altered-file', `what came does not have the SHA-256 ${sha256}, and was dropped`, 'deliver it again');

const unmeasured = refusal(
  'unmeasured-piece',
  'the request does not say which piece of a file it brings',
  'send Upload-Offset and Upload-Length, in bytes',
);
