import type { IncomingMessage, RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { right } from 'fp-ts/lib/Either.js';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Access } from '../../ports/access.ts';
import { ArchiveAway } from '../../ports/archive-link.ts';
import { assetRoutes } from './assets.ts';
import { noteClient } from './client-address.ts';
import { isDisguised, refuseCoding } from './disguised.ts';
import { faults } from './faults.ts';
import { healthRoutes } from './health-routes.ts';
import { greetingInstance, inFrame } from './in-frame.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type Listening, listenAt } from './listening.ts';
import { areaOf, type Metrics, metrics } from './metrics.ts';
import { type PassOn, passOn } from './pass-on.ts';
import { sendProblem } from './problem.ts';
import { type Pulse, pulse } from './pulse.ts';
import { frontDoor, type ReadersParts, readersRoutes } from './readers-routes.ts';
import { safeHeaders } from './safe-headers.ts';
import type { ServerParts } from './server-parts.ts';
import { sessionCookie } from './session-cookie.ts';
import { stranger } from './visitor.ts';

/** What a replica shows is what the archive shows to strangers, but for logs of builds that run. */
export type ReplicaParts = Omit<ReadersParts, 'liveLog'> &
  ServerParts & {
    readonly pace: Access['paced'];
    /** Whether a command is answered here, by what the log says. */
    readonly answers: (command: string) => boolean;
    /** Whether a build runs: its log is where the archive is. */
    readonly isUnderWay: (build: BuildId) => boolean;
    readonly archive: {
      /** Where it answers now: `http://HOST:PORT`. */
      readonly where: () => Promise<string>;
      /** Whether it did lately. */
      readonly isReached: () => boolean;
    };
  };

/**
 * The web side of a replica. What strangers read comes from here; whatever else is asked for, known here or not, goes to the archive as it came. Rejects when
 * it cannot listen.
 */
export const replicaServer = async (parts: ReplicaParts): Promise<Listening> => {
  const limits = { ...defaultLimits, ...parts.limits };
  const closing = new AbortController();
  const changes = pulse(parts.changes$);
  const measured = metrics(parts.metrics);
  const passing = passOn({ where: parts.archive.where });
  const stop = (): void => {
    changes.stop();
    measured.stop();
    passing.close();
  };
  try {
    const app = application(parts, limits, changes, measured, passing, closing.signal);
    const { ports, close } = await listenAt(parts.endpoints, parts.certificate, limits, {
      proxies: parts.proxies,
      respond: respond(parts, measured, passing, app),
    });
    return {
      ports,
      close: async () => {
        closing.abort();
        await close();
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
};

const respond = (parts: ReplicaParts, measured: Metrics, { pass }: PassOn, app: Express): RequestListener => {
  const { proxies, instanceName, archive } = parts;
  const cookie = sessionCookie(instanceName);
  /** Who has a session is known where the archive is; while that is away, they are strangers, who may read. */
  const isStranger = (req: IncomingMessage): boolean =>
    req.headers.authorization === undefined && (cookie.read(req) === undefined || !archive.isReached());
  const frame = inFrame(greetingInstance(parts), (req) =>
    req.headers.authorization === undefined && cookie.read(req) === undefined ? 'stranger' : 'unsaid',
  );
  return (req, res) => {
    noteClient(req, proxies);
    res.once('finish', () => measured.answered(areaOf(req.url ?? ''), res.statusCode));
    res.on('error', () => undefined);
    frame(req, () => {
      if (isDisguised(req)) refuseCoding(req, res);
      else if (isOurOwn(req) || (isReading(req) && isStranger(req))) app(req, res);
      else pass(req, res);
    });
  };
};

/** What is asked of this daemon, whoever asks. */
const isOurOwn = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'GET' && /^\/(?:healthz|readyz|metrics)$/.test(url);

const isReading = ({ method, headers }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) === 0;

const application = (
  parts: ReplicaParts,
  limits: Limits,
  changes: Pulse,
  measured: Metrics,
  { pass }: PassOn,
  closing: AbortSignal,
): Express => {
  const readable = { ...parts, liveLog: () => undefined };
  const door = frontDoor(readable, limits, changes, closing, {
    visitor: async (req) => right({ caller: stranger(req), session: undefined }),
    pace: parts.pace,
    ran: () => undefined,
  });
  const onward: RequestHandler = (req, res) => pass(req, res);
  const app = express();
  app.disable('x-powered-by');
  app.use(safeHeaders, healthRoutes(parts.ready, measured), assetRoutes());
  app.all('/mini_buildd/api', (req, res, next) => (req.query.command === undefined ? next() : pass(req, res)));
  app.all('/mini_buildd/api/:command', (req, res, next) =>
    req.params.command === 'openapi.json' || parts.answers(req.params.command) ? next() : pass(req, res),
  );
  app.all('/mini_buildd/builds/:build{/*below}', (req, res, next) => {
    const { build } = req.params;
    const isFollowed = BuildId.is(build) && parts.isUnderWay(build) && parts.archive.isReached();
    return isFollowed ? pass(req, res) : next();
  });
  app.use(readersRoutes(readable, door), onward, archiveAway, faults(parts.journal, parts.log));
  return app;
};

const archiveAway: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (!(error instanceof ArchiveAway)) return next(error);
  const fact = `what is asked for is where the archive is, and that cannot be reached: ${error.message}`;
  res.set('Retry-After', '10');
  sendProblem(req, res, 503, [refusal('archive-unreachable', fact, 'try again later; pages can be read meanwhile')]);
};
