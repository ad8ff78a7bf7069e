import { Router } from 'express';
import { sendPage } from './form-body.ts';
import type { Instance } from './views/instance.ts';
import { type StatisticsModel, type Step, steps } from './views/statistics-model.ts';
import { statisticsPage } from './views/statistics-page.ts';

/** `now` in milliseconds. */
export type StatisticsPages = (step: Step, now: number) => StatisticsModel;

/** `/mini_buildd/statistics?by=days|weeks|months`: days, unless something else is said that can be read. */
export const statisticsRoutes = (instance: Instance, pageOf: StatisticsPages): Router => {
  const router = Router();
  router.get('/mini_buildd/statistics', (req, res) => {
    const step = steps.find((each) => each === req.query.by) ?? 'days';
    sendPage(res, statisticsPage(instance, pageOf(step, Date.now())));
  });
  return router;
};
