import express, { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { decode } from '../../domain/codec.ts';
import type { NodeName } from '../../domain/node/events.ts';
import { refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { StandbyDone, StandbyReport, type StandbySeat } from '../../ports/standby.ts';
import { sendProblem } from './problem.ts';

/** Which of the nodes that were let in may copy everything, where they sit, and which files they may fetch. */
export type StandbyDoor = {
  readonly isStandby: (node: NodeName) => boolean;
  readonly seat: StandbySeat;
  readonly onOffer: Pick<FileStore, 'has' | 'path'>;
};

const mostBytes = 64 * 1024;

/**
 * `/mini_buildd/nodes/standby`, for a standby, whose node has shown its secret by now: it says how it stands and waits for orders, says which are
 * done, and has keys and people as they are.
 */
export const standbyRoutes = (door: StandbyDoor | undefined): Router => {
  const router = Router();
  if (door === undefined) {
    router.use('/mini_buildd/nodes/standby', (req, res) => sendProblem(req, res, 409, [noSeat]));
    return router;
  }
  const { isStandby, seat } = door;
  const readBody = express.json({ limit: mostBytes });
  router.use('/mini_buildd/nodes/standby', (req, res, next) => {
    if (isStandby(res.locals.node as NodeName)) next();
    else sendProblem(req, res, 403, [noStandby]);
  });
  router.post(
    '/mini_buildd/nodes/standby',
    readBody,
    told(StandbyReport, async (report, node, req, res) => {
      const heard = await seat.hear(node, report);
      if (isLeft(heard)) return sendProblem(req, res, 409, [heard.left]);
      res.set('Cache-Control', 'no-store').json(heard.right);
    }),
  );
  router.post(
    '/mini_buildd/nodes/standby/done',
    readBody,
    told(StandbyDone, async (done, node, _req, res) => {
      seat.heardDone(node, done);
      res.status(204).end();
    }),
  );
  router.get('/mini_buildd/nodes/standby/kept', async (_req, res) => {
    const { tag, files } = await seat.kept();
    res.set('Cache-Control', 'no-store').json({ tag, files });
  });
  return router;
};

const told =
  <Told>(
    codec: t.Type<Told, unknown>,
    hear: (told: Told, node: NodeName, req: Request, res: Response) => Promise<void>,
  ) =>
  async (req: Request, res: Response): Promise<void> => {
    const said = decode(codec, req.body);
    if (isLeft(said)) return sendProblem(req, res, 400, [unreadable]);
    await hear(said.right, res.locals.node as NodeName, req, res);
  };

const noStandby = refusal(
  'no-standby',
  'this node may build or show, and not copy keys and people',
  'let an administrator add it as a standby: node add NAME --standby',
);

const noSeat = refusal(
  'no-standby-wanted',
  'this archive has no standby with a disk of its own',
  'set MINI_BUILDD_STANDBY to required or preferred where the archive is',
);

const unreadable = refusal('unreadable-request', 'the report of the standby cannot be read', 'run the same version');
