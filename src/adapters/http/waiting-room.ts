import { refusal } from '../../domain/refusal.ts';
import type { Certificate } from '../../ports/certificate.ts';
import { noProxies } from './client-address.ts';
import { defaultLimits } from './limits.ts';
import { type HttpEndpoint, type Listening, listenAt } from './listening.ts';
import { sendProblem } from './problem.ts';

/**
 * Stands at the daemon's endpoints while it cannot know what there is to serve: `/healthz` says that it lives, everything else is answered
 * with 503 and what is waited for. Rejects when it cannot listen.
 */
export const waitingRoom = (
  endpoints: readonly HttpEndpoint[],
  certificate: Certificate | undefined,
  reason: () => string,
): Promise<Listening> =>
  listenAt(endpoints, certificate, defaultLimits, {
    proxies: noProxies,
    respond: (req, res) => {
      res.setHeader('Connection', 'close');
      if (req.url === '/healthz') return void res.end('ok\n');
      res.setHeader('Retry-After', '5');
      // A browser looks again by itself; what was sent is not sent again.
      if (req.method === 'GET') res.setHeader('Refresh', '5');
      if (req.url !== '/readyz') {
        const because = refusal('starting', `the daemon waits: ${reason()}`, 'it goes on by itself; try again then');
        return void sendProblem(req, res, 503, [because]);
      }
      res.statusCode = 503;
      res.setHeader('Content-Type', 'text/plain; charset=utf-8');
      res.end(`${reason()}\n`);
    },
  });
