import express from 'express';
import { EMPTY } from 'rxjs';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Builder } from '../../ports/builder.ts';
import type { Certificate } from '../../ports/certificate.ts';
import { tail } from './build-log-routes.ts';
import { noProxies } from './client-address.ts';
import { healthRoutes } from './health-routes.ts';
import { defaultLimits } from './limits.ts';
import { type HttpEndpoint, type Listening, listenAt } from './listening.ts';
import { type MetricsHooks, metrics } from './metrics.ts';
import { openStreams } from './open-stream.ts';
import { sendProblem } from './problem.ts';

/** What a node shows: `/healthz`, `/readyz`, `/metrics`, and the logs of what it builds, while they grow. Rejects when it cannot listen. */
export const nodeDoor = async (
  endpoints: readonly HttpEndpoint[],
  certificate: Certificate | undefined,
  liveLog: Builder['liveLog'],
  ready: () => true | string,
  levels: MetricsHooks['levels'],
): Promise<Listening> => {
  const closing = new AbortController();
  const open = openStreams(defaultLimits, closing.signal);
  const measured = metrics({ levels, durations$: EMPTY });
  const health = express().disable('x-powered-by').use(healthRoutes(ready, measured));
  const { ports, close } = await listenAt(endpoints, certificate, defaultLimits, {
    proxies: noProxies,
    respond: (req, res) => {
      const [, build] = /^\/mini_buildd\/builds\/([^/?]+)\/log$/.exec(req.url ?? '') ?? [];
      const log = BuildId.is(build) && req.method === 'GET' ? liveLog(build) : undefined;
      if (/^\/(?:healthz|readyz|metrics)$/.test(req.url ?? '')) health(req, res);
      else if (log === undefined) sendProblem(req, res, 404, [nothingHere]);
      else {
        const stream = open(req, res, 'text/plain; charset=utf-8');
        if (stream !== undefined) void tail(log.follow(), stream, undefined);
      }
    },
  });
  return {
    ports,
    close: async () => {
      closing.abort();
      measured.stop();
      await close();
    },
  };
};

const nothingHere = refusal('no-such-page', 'this is a node, which only builds', 'ask the instance itself');
