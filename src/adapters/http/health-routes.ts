import { Router } from 'express';
import type { Metrics } from './metrics.ts';
import { openMetrics, openMetricsType } from './open-metrics.ts';

/** As it is asked for: newer ones say besides how names are written that have other than ASCII letters. We have none. */
const opened: readonly string[] = [openMetricsType, `${openMetricsType}; escaping=allow-utf-8`];

/** What monitoring asks of any daemon of ours. `ready`: `true`, or why not yet. */
export const healthRoutes = (ready: () => true | string, measured: Metrics): Router => {
  const router = Router();
  router.get('/healthz', (_req, res) => void res.type('text/plain').send('ok\n'));
  router.get('/readyz', (_req, res) => {
    const state = ready();
    res
      .status(state === true ? 200 : 503)
      .type('text/plain')
      .send(`${state === true ? 'ready' : state}\n`);
  });
  router.get('/metrics', async (req, res) => {
    const isOpen = opened.includes(req.accepts([measured.contentType, ...opened]) || '');
    const text = await measured.text();
    res
      .set('Content-Type', isOpen ? openMetricsType : measured.contentType)
      .vary('Accept')
      .send(isOpen ? openMetrics(text) : text);
  });
  return router;
};
