import { setTimeout as pause } from 'node:timers/promises';
import { type Request, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { sendPage } from './form-body.ts';
import type { LivePages } from './live-pages.ts';
import { turnAway } from './turn-away.ts';
import type { Instance } from './views/instance.ts';
import { type StatisticsModel, type Step, steps } from './views/statistics-model.ts';
import { statisticsPage, statisticsParts } from './views/statistics-page.ts';
import type { visitors } from './visitor.ts';

/** `now` in milliseconds. */
export type StatisticsPages = (step: Step, now: number) => StatisticsModel;

type StatisticsRouteParts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly statistics: StatisticsPages;
  readonly live: LivePages;
};

/** Milliseconds. */
const often = 20_000;

/** Pictures of weeks are drawn anew by the clock, however much happens. */
const byTheClock = {
  count: () => 0,
  beyond: (_: number, milliseconds: number, signal: AbortSignal): Promise<void> =>
    pause(milliseconds, undefined, { signal }).catch(() => undefined),
};

/** `/mini_buildd/statistics?by=days|weeks|months`: days, unless something else is said that can be read. */
export const statisticsRoutes = ({ instance, visitor, statistics, live }: StatisticsRouteParts): Router => {
  const router = Router();
  router.get('/mini_buildd/statistics', (req, res) =>
    sendPage(res, statisticsPage(instance, statistics(stepIn(req), Date.now()))),
  );
  router.get('/mini_buildd/statistics/live', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const step = stepIn(req);
    const parts = async () => statisticsParts(statistics(step, Date.now()));
    await live(req, res, { visitor: found.right, key: `statistics ${step}`, parts, changes: byTheClock, often });
  });
  return router;
};

const stepIn = ({ query: { by } }: Request): Step => steps.find((each) => each === by) ?? 'days';
