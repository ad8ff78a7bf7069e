import { Router } from 'express';
import type { Metrics } from './metrics.ts';

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
  router.get(
    '/metrics',
    async (_req, res) => void res.set('Content-Type', measured.contentType).send(await measured.text()),
  );
  return router;
};
