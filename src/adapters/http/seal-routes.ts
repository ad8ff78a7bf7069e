import { type Request, type Response, Router } from 'express';
import { refusal } from '../../domain/refusal.ts';
import type { Position } from '../../ports/event-log.ts';
import { PositionText } from './event-query.ts';
import { sendPage } from './form-body.ts';
import { sendProblem } from './problem.ts';
import type { Instance } from './views/instance.ts';
import { sealsUrl, sealUrl } from './views/seals.ts';
import type { SealsModel } from './views/seals-model.ts';
import { sealsPage } from './views/seals-page.ts';
import { wanted } from './wanted.ts';

/** What is published of seals; a checkpoint is a clearsigned text. */
export type SealPages = {
  readonly list: (before: Position | undefined) => Promise<SealsModel>;
  readonly latest: () => string | undefined;
  readonly checkpoint: (seal: number) => Promise<string | undefined>;
};

/**
 * `/mini_buildd/seals/`: the list, as a page or as JSON; below it `latest` and each seal by its number, as the text that was signed. What was
 * once served under a number never changes.
 */
export const sealRoutes = (instance: Instance, seals: SealPages): Router => {
  const router = Router();
  router.get('/mini_buildd/seals', async (req, res) => {
    const before = typeof req.query.before === 'string' ? req.query.before : undefined;
    if (before !== undefined && !PositionText.is(before)) return notThere(req, res);
    const model = await seals.list(before as Position | undefined);
    if (wanted(req) === 'html') sendPage(res, sealsPage(instance, model));
    else res.set('Cache-Control', 'no-cache').json(listJson(model));
  });
  router.get('/mini_buildd/seals/latest', (req, res) => send(req, res, seals.latest(), 'no-cache'));
  router.get('/mini_buildd/seals/:seal', async (req, res) => {
    const { seal } = req.params;
    const checkpoint = /^[1-9]\d{0,9}$/.test(seal) ? await seals.checkpoint(Number(seal)) : undefined;
    send(req, res, checkpoint, 'public, max-age=31536000, immutable');
  });
  return router;
};

const listJson = ({ seals, next }: SealsModel) => ({
  seals: seals.map((each) => ({ ...each, checkpoint: sealUrl(each.seal) })),
  next: next === undefined ? null : `${sealsUrl}?before=${next}`,
});

const send = (req: Request, res: Response, checkpoint: string | undefined, cache: string): void => {
  if (checkpoint === undefined) notThere(req, res);
  else res.set('Cache-Control', cache).type('text/plain').send(checkpoint);
};

const notThere = (req: Request, res: Response): void =>
  sendProblem(req, res, 404, [refusal('no-such-seal', 'there is no such seal', `see ${sealsUrl}`)]);
