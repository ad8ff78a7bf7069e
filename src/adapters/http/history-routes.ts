import { Router } from 'express';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Query } from '../../ports/event-log.ts';
import { sendPage } from './form-body.ts';
import { filtersOf, historyQuery } from './history-query.ts';
import { turnAway } from './turn-away.ts';
import type { HistoryModel } from './views/history-model.ts';
import { badHistoryPage, historyPage } from './views/history-page.ts';
import type { Instance } from './views/instance.ts';
import type { visitors } from './visitor.ts';

/** A page of events; or why the caller may not ask so. */
export type HistoryPages = (asked: Omit<Query, 'limit'>, caller: Caller) => Promise<Either<Refusal, HistoryModel>>;

type HistoryParts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly history: HistoryPages;
};

/** `/mini_buildd/history`: the log as people read it. What was typed wrongly comes back with what is wrong. */
export const historyRoutes = ({ instance, visitor, history }: HistoryParts): Router => {
  const router = Router();
  router.get('/mini_buildd/history', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const filters = filtersOf(req.query);
    const asked = historyQuery(filters, req.query.before);
    if (isLeft(asked)) return sendPage(res.status(400), badHistoryPage(instance, filters, asked.left));
    const model = await history(asked.right, found.right.caller);
    if (isLeft(model)) return sendPage(res.status(403), badHistoryPage(instance, filters, [model.left]));
    sendPage(res, historyPage(instance, filters, model.right));
  });
  return router;
};
